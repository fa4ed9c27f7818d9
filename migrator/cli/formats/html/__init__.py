"""The parts of the HTML page of a report; `migrator.cli.formats.analysis_html` puts them together."""
