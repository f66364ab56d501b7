"""Fills a section of a linked executable whose size was not known when it was linked."""

from __future__ import annotations

from pathlib import Path

from bundler.elf.structures import ElfError, SegmentType, read_array, read_text, size_of


def fill_section(path: Path, name: str, content: bytes, page_size: int) -> None:
    """Give a section other content, which may be longer: it is put at the end of the file, and addresses stay.

    The section must be alone in a load segment, with no address of another segment behind it. ElfError when it is not.
    """
    with path.open("r+b") as file:
        data = bytearray(file.read())
        header = read_array(data, 0, "Elf64_Ehdr", 1)[0]
        sections = read_array(data, header.e_shoff, "Elf64_Shdr", header.e_shnum)
        segments = read_array(data, header.e_phoff, "Elf64_Phdr", header.e_phnum)
        names = sections[header.e_shstrndx].sh_offset
        section = next((each for each in sections if read_text(data, names + each.sh_name) == name), None)
        if section is None:
            raise ElfError(f"`{path}`: no section `{name}`")
        loads = [each for each in segments if each.p_type == SegmentType.LOAD]
        own = next((each for each in loads if each.p_vaddr == section.sh_addr), None)
        if own is None or own.p_memsz != section.sh_size or any(each.p_vaddr > own.p_vaddr for each in loads):
            raise ElfError(f"`{path}`: the section `{name}` is not alone in the last segment")
        is_last = section.sh_offset + section.sh_size == len(data)  # it was filled before
        offset = section.sh_offset if is_last else len(data) + -len(data) % page_size
        section.sh_offset = own.p_offset = offset
        section.sh_size = own.p_filesz = own.p_memsz = len(content)
        heads = (
            (0, bytes(data[: size_of("Elf64_Ehdr")])),
            (header.e_phoff, bytes(data[header.e_phoff : header.e_phoff + header.e_phnum * size_of("Elf64_Phdr")])),
            (header.e_shoff, bytes(data[header.e_shoff : header.e_shoff + header.e_shnum * size_of("Elf64_Shdr")])),
        )
        for place, head in heads:
            file.seek(place)
            file.write(head)
        file.seek(offset)
        file.write(content)
        file.truncate()
