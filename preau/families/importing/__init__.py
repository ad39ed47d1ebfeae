"""The start of the year from files: centres, groups, families and children (B20).

`tables` reads a file into lines, `columns` says what each column may hold, `reading` turns lines
into facts and faults, and `actions/import_files.py` writes the facts, all or none.
"""
