"""Level 4: the one way to read the information on a subject.

Use `InquiryService.information`; nothing outside this room reads `record` or `holding` for an answer.
"""
