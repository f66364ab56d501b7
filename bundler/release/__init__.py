"""Makes what goes with a finished binary: links by whose names its programs are started."""

from bundler.release.links import check_links, link_names, make_links

__all__ = ["check_links", "link_names", "make_links"]
