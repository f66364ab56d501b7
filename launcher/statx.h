/* Facts of a file as statx(2) gives them, made of those that stat(2) gives. */

#ifndef STATX_H
#define STATX_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* As in the C library (io/statx_generic.c); what stat(2) does not tell is 0. */
static inline struct statx
bundle_statx_of(const struct stat *facts)
{
#define STATX_TIME(time) ((struct statx_timestamp){.tv_sec = (time).tv_sec, .tv_nsec = (uint32_t)(time).tv_nsec})
    return (struct statx){
        .stx_mask = STATX_BASIC_STATS,
        .stx_blksize = (uint32_t)facts->st_blksize,
        .stx_nlink = (uint32_t)facts->st_nlink,
        .stx_uid = facts->st_uid,
        .stx_gid = facts->st_gid,
        .stx_mode = (uint16_t)facts->st_mode,
        .stx_ino = facts->st_ino,
        .stx_size = (uint64_t)facts->st_size,
        .stx_blocks = (uint64_t)facts->st_blocks,
        .stx_atime = STATX_TIME(facts->st_atim),
        .stx_ctime = STATX_TIME(facts->st_ctim),
        .stx_mtime = STATX_TIME(facts->st_mtim),
        .stx_rdev_major = major(facts->st_rdev),
        .stx_rdev_minor = minor(facts->st_rdev),
        .stx_dev_major = major(facts->st_dev),
        .stx_dev_minor = minor(facts->st_dev),
    };
#undef STATX_TIME
}

#endif
