"""Addresses of the public pages."""

from django.urls import path

from acuse.doors.portal import access, anchors, case, faq, language, mailbox, office, receipt, start, tracked, verify, write

app_name = "portal"
urlpatterns = [
    path("", start.start, name="start"),
    path("language/", language.language, name="language"),
    path("verify/", verify.verify, name="verify"),
    path("verify/offline/", verify.offline, name="offline"),
    path("verify/offline/<str:name>", anchors.anchor, name="anchor"),
    path("v/<str:code>", verify.by_code, name="code"),
    path("a/<str:token>/", access.start, name="access"),
    path("a/<str:token>/open", access.open_it),
    path("a/<str:token>/code", access.code),
    path("a/<str:token>/content", access.content),
    path("a/<str:token>/message", access.message),
    path("a/<str:token>/attachments/<int:number>", access.attachment),
    path("a/<str:token>/certificate", access.certificate),
    path("a/<str:token>/accept", access.accept),
    path("a/<str:token>/reject", access.reject),
    path("r/<str:token>/", receipt.page),
    path("r/<str:token>/certificate", receipt.certificate),
    path("f/", case.find, name="follow"),
    path("f/<str:token>/", case.follow),
    path("c/<str:token>/", case.agree),
    path("o/<slug:slug>/", office.start, name="office"),
    path("o/<slug:slug>/faq/", faq.index, name="faq"),
    path("o/<slug:slug>/faq/print/", faq.printable, name="faq-print"),
    path("o/<slug:slug>/faq/<uuid:id>/", faq.article, name="article"),
    path("o/<slug:slug>/faq/<uuid:id>/helped/", faq.helped, name="faq-helped"),
    path("o/<slug:slug>/write/", write.write, name="write"),
    path("o/<slug:slug>/write/suggested/", write.suggestions, name="write-suggested"),
    path("o/<slug:slug>/write/sent/<str:token>/", write.sent, name="write-sent"),
    path("o/<slug:slug>/mailbox/", mailbox.mailbox, name="mailbox"),
    path("o/<slug:slug>/mailbox/code/", mailbox.code, name="mailbox-code"),
    path("o/<slug:slug>/mailbox/leave/", mailbox.leave, name="mailbox-leave"),
    path("o/<slug:slug>/mailbox/<uuid:id>/certificate", mailbox.certificate, name="mailbox-certificate"),
    path("t/<str:token>/", tracked.about),
    path("t/<str:token>/i.gif", tracked.image),
    path("t/<str:token>/<int:number>", tracked.link),
    path("t/<str:token>/withdraw", tracked.withdraw),
]
