"""Sentences of the services' errors that a page may have to say, listed so that they are collected for translation."""

from django.utils.translation import gettext_noop

SENTENCES = (
    gettext_noop("Only an owner or an administrator may change this."),
    gettext_noop("There is no such organisation among yours."),
    gettext_noop("There is no such credential."),
    gettext_noop("Give the credential a name of 1 to 60 characters, such as the program that will use it."),
    gettext_noop("Write an address such as avisos@empresa.example, or a whole domain such as @empresa.example."),
    gettext_noop("There is no such setting."),
    gettext_noop("That page of the list no longer exists; go back to its beginning."),
)
