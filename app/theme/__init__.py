"""How every page looks: the base template, styles, icons, htmx, and the headers it leaves with."""
