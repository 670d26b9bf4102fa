"""Sentences of errors of the public form, listed so that they are translated."""

from django.utils.translation import gettext_noop

SENTENCES = (
    gettext_noop("Write the address to which you want to be answered."),
    gettext_noop("At most %(most)s characters fit there."),
    gettext_noop("Say in a few words what it is about."),
    gettext_noop("The day of the purchase is still to come."),
    gettext_noop("Write what happened, in 1 to %(most)s characters."),
    gettext_noop(
        "At most %(files)s files of %(size)s MB together fit. Choose fewer or smaller ones, or send them later "
        "from your case's page."
    ),
    gettext_noop("One of the files is empty. Choose the files again."),
    gettext_noop("That was faster than anybody writes. Wait some seconds and send it again."),
    gettext_noop("The page was open for too long. Look at what you wrote and send it again."),
    gettext_noop("No mail can be sent to %(domain)s: perhaps a letter is wrong. Check the address."),
    gettext_noop("A field that people do not see was filled in. Send it once more."),
    gettext_noop("Say that you agree to the use of your data, and choose the files again."),
    gettext_noop("So much came from your network within an hour that this has to wait. What you wrote is still here."),
    gettext_noop("So many people write at this moment that this has to wait. What you wrote is still here."),
    gettext_noop("You opened several cases within an hour. Answer the receipt of one, or wait a while."),
    gettext_noop("So many people write at this moment that we first have to know that the address is yours."),
    gettext_noop("Too many codes were sent to that address. Use the last one, or wait some hours."),
    gettext_noop("That is not the code. Tries left: %(left)s."),
    gettext_noop("That code serves no more. Have another one sent."),
)
