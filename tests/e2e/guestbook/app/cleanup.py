"""Removes notes that say so, and leaves a line."""

import pg

pg.rows("DELETE FROM notes WHERE body LIKE 'obsolete%'")
pg.rows("INSERT INTO cleanups DEFAULT VALUES")
with open("/exports/cleaned.txt", "a", encoding="utf-8") as file:
    file.write("cleaned\n")
