"""How it is said: language, tables, figures, sentences, pages, editions."""
