"""Frequent questions: sections, articles, and what each says in each language and version."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from uuid6 import uuid7

from acuse.evidence.fulltext import FoldedWords
from acuse.helpdesk.stems import StemmedWords


class Section(models.Model):
    """A heading under which articles stand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    position = models.SmallIntegerField()
    title_es = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "helpdesk_faq_sections"
        indexes = (models.Index(fields=("organisation", "position"), name="faq_sections_in_order"),)


class Article(models.Model):
    """A question with its answer. `version` is the one that is published, 0 where none is.

    `review_date` is when somebody should look whether it still holds. `helped`, `not_helped`: what readers said.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    section = models.ForeignKey("helpdesk.Section", on_delete=models.PROTECT, related_name="articles")
    position = models.SmallIntegerField()
    version = models.IntegerField(default=0)
    newest = models.IntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    review_date = models.DateField(null=True)
    helped = models.IntegerField(default=0)
    not_helped = models.IntegerField(default=0)

    class Meta:
        db_table = "helpdesk_faq_articles"
        indexes = (
            models.Index(fields=("section", "position"), name="faq_articles_in_order"),
            models.Index(fields=("organisation", "review_date"), name="faq_articles_by_review"),
        )


class ArticleText(models.Model):
    """What an article says in one language; `version` 0 is the draft, the others were published and never change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey("helpdesk.Article", on_delete=models.CASCADE, related_name="texts")
    version = models.IntegerField()
    language = models.CharField(max_length=5)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    search = models.GeneratedField(
        expression=StemmedWords("language", FoldedWords("title"), FoldedWords("body")),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        db_table = "helpdesk_faq_texts"
        constraints = (
            models.UniqueConstraint(
                fields=("article", "version", "language"), name="one_text_per_version_and_language"
            ),
        )
        indexes = (GinIndex(fields=("search",), name="faq_texts_search"),)


class MissedWord(models.Model):
    """A word that readers looked for and found nothing by, and how often. Nothing says who, nor with which others."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    language = models.CharField(max_length=5)
    word = models.CharField(max_length=40)
    times = models.IntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        db_table = "helpdesk_faq_missed_words"
        constraints = (
            models.UniqueConstraint(fields=("organisation", "language", "word"), name="one_row_per_missed_word"),
        )
        indexes = (models.Index(fields=("last_at",), name="faq_missed_words_by_age"),)
