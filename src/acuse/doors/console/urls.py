"""Addresses of the console: everything of an organisation lies below its short name."""

from django.urls import path

from acuse.doors.console import (
    certificates,
    communication,
    communications,
    content,
    incoming,
    invitation,
    keys,
    ledger,
    login,
    members,
    preferences,
    settings,
)

app_name = "console"
BASE = "console/<slug:slug>/"
ONE = f"{BASE}communications/<uuid:id>/"
urlpatterns = [
    path("console/", login.start, name="start"),
    path("accounts/invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("console/preferences/", preferences.preferences, name="preferences"),
    path(f"{BASE}communications/", communications.listing, name="communications"),
    path(f"{BASE}communications/news/", communications.news, name="communications-news"),
    path(f"{BASE}communications/export.csv", communications.export, name="communications-export"),
    path(ONE, communication.page, name="communication"),
    path(f"{ONE}dialogues/<int:sequence>/", communication.dialogue, name="dialogue"),
    path(f"{ONE}returned/<int:sequence>.eml", communication.returned, name="returned"),
    path(f"{ONE}receipt/", communication.receipt, name="receipt"),
    path(f"{ONE}content/", content.preview, name="content"),
    path(f"{ONE}original.eml", content.original, name="original"),
    path(f"{ONE}attachments/<int:number>/", content.attachment, name="attachment"),
    path(f"{BASE}certificates/", certificates.listing, name="certificates"),
    path(f"{BASE}certificates/<str:code>.pdf", certificates.pdf, name="certificate-pdf"),
    path(f"{BASE}certificates/<str:code>/proof/", certificates.bundle, name="certificate-bundle"),
    path(f"{BASE}incoming/", incoming.listing, name="incoming"),
    path(f"{BASE}incoming/<uuid:id>/again/", incoming.again, name="incoming-again"),
    path(f"{BASE}incoming/<uuid:id>.eml", incoming.raw, name="incoming-raw"),
    path(f"{BASE}ledger/", ledger.ledger, name="ledger"),
    path(f"{BASE}members/", members.listing, name="members"),
    path(f"{BASE}members/invite/", members.invite, name="member-invite"),
    path(f"{BASE}members/<uuid:id>/role/", members.change_role, name="member-role"),
    path(f"{BASE}members/<uuid:id>/deactivate/", members.deactivate, name="member-deactivate"),
    path(f"{BASE}members/<uuid:id>/reactivate/", members.reactivate, name="member-reactivate"),
    path(f"{BASE}members/invitations/<uuid:id>/withdraw/", members.withdraw, name="invitation-withdraw"),
    path(f"{BASE}settings/", settings.settings_page, name="settings"),
    path(f"{BASE}settings/credentials/", settings.create_credential, name="credential-create"),
    path(f"{BASE}settings/credentials/<uuid:id>/revoke/", settings.revoke_credential, name="credential-revoke"),
    path(f"{BASE}settings/keys/", keys.listing, name="keys"),
    path(f"{BASE}settings/keys/create/", keys.create, name="key-create"),
    path(f"{BASE}settings/keys/<uuid:id>/revoke/", keys.revoke, name="key-revoke"),
    path(f"{BASE}settings/senders/", settings.add_sender, name="sender-add"),
    path(f"{BASE}settings/senders/remove/", settings.remove_sender, name="sender-remove"),
]
