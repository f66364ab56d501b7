"""Makes `--report`: one page that shows what is in a binary, why, and what its start imports.

    LinkPlan, Inventory, the finished binary --describe--> ReportDocument --write_page--> a file without references

`start.py` runs the start whose imports are shown. The page is HTML with its style and its scripts inside
(`page/`); it draws everything from the document, which it holds as JSON.
"""

from bundler.overview.describe import describe
from bundler.overview.document import ReportDocument
from bundler.overview.start import TracedStart, probe_plan, trace_probe, trace_start
from bundler.overview.write import write_page

__all__ = ["ReportDocument", "TracedStart", "describe", "probe_plan", "trace_probe", "trace_start", "write_page"]
