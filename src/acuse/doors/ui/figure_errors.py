"""Sentences of figures and teams that a page may have to say, listed so that they are translated."""

from django.utils.translation import gettext_noop

SENTENCES = (
    gettext_noop("The last day is before the first."),
    gettext_noop("The period begins in the future: there are no figures of it yet."),
    gettext_noop("Figures are of at most %(most)s days at once."),
    gettext_noop("There is no such channel. Choose one of: %(channels)s."),
    gettext_noop("Write days as in 2026-10-31."),
    gettext_noop("Write a day between 1990 and 2200."),
    gettext_noop("There is no such figure."),
    gettext_noop("Other comparisons wait already. Look at theirs first."),
    gettext_noop("There can be %(most)s teams. Dissolve one first."),
    gettext_noop("There is a team of this name already."),
    gettext_noop("There is no such team."),
    gettext_noop("The name of a team takes 1 to %(most)s characters."),
    gettext_noop("A team takes at most %(most)s members."),
)
