"""Push (推送): members subscribe to firms and are told what changes, at webhooks of theirs, signed by the platform.

`changes.changed` is what a publication calls in its own transaction; `service.PushService` is what routes and the
composition root use. What is delivered is decided anew for each delivery, by `InquiryService.ask`.
"""
