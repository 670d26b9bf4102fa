"""Plain forms in our look: each control gets its class, its described-by and its invalid mark here, once."""

from django import forms

CLASSES = {
    "select": "select",
    "checkbox": "checkbox",
    "textarea": "textarea",
    "clearablefile": "file-input",
    "file": "file-input",
}


def dress(field: forms.BoundField) -> None:
    """Give one control its class, as the widget's type asks."""
    widget = field.field.widget
    kind = type(widget).__name__.lower().removesuffix("input")
    widget.attrs.setdefault("class", CLASSES.get(kind, "input"))


class StyledField(forms.BoundField):
    """A control that, as the first of a form with what is refused in it, takes the focus, without a script.

    The browser then shows the form where the person was, however long the page. Django marks the control as invalid
    and ties it to its error and its help by their identifiers.
    """

    def build_widget_attrs(
        self, attrs: dict[str, str | bool], widget: forms.Widget | None = None
    ) -> dict[str, str | bool]:
        """Add the focus to what Django says of the control.

        Args:
            attrs: attributes from the template.
            widget: the control to draw, where it is not the field's own.
        """
        made = super().build_widget_attrs(attrs, widget)
        if self.takes_focus:
            made["autofocus"] = True
        return made

    @property
    def takes_focus(self) -> bool:
        """Whether this is the first control with an error; what is said of a whole form goes before."""
        return (
            next((name for name in self.form.fields if name in self.form.errors), None) == self.name
            and not self.form.non_field_errors()
        )


class StyledForm(forms.Form):
    """A form whose controls carry the classes of the shared parts.

    Attributes:
        ids: what the identifiers of its controls begin with; forms of one page differ in it.
    """

    ids = "id"
    required_css_class = "required"
    bound_field_class = StyledField

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("auto_id", f"{self.ids}_%s")
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in self.fields:
            dress(self[name])
