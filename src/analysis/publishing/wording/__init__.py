"""How it is said: languages, their phrases, and sentences made by rule from released figures."""
