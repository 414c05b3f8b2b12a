"""What a person sees: templates, the browser client, styles, catalogues."""
