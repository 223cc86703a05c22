"""A report as a page (`html`) and as a PDF (`pdf`): both lay out the same `sheet`, and draw the same charts.

Values of departments are hostile text: they reach the page through a template that escapes everything, and Typst as a
JSON input, never as part of a program. The heavy libraries are imported when a file is made, not before.
"""
