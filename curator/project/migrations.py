"""The tables of `project.db`, as numbered steps; a database remembers how many it has taken (`user_version`)."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE project (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO project VALUES ('id', lower(hex(randomblob(16))));

    CREATE TABLE source (
        position INTEGER PRIMARY KEY,
        path TEXT NOT NULL UNIQUE
    );

    CREATE TABLE session (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE decision (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        example TEXT,
        action TEXT NOT NULL,
        value TEXT,
        reason TEXT,
        policy TEXT,
        annotator TEXT NOT NULL,
        time INTEGER NOT NULL,
        undoes TEXT,
        version INTEGER NOT NULL
    );
    CREATE INDEX decision_of_example ON decision (example);
    CREATE INDEX decision_of_annotator ON decision (annotator, time, id);
    CREATE INDEX decision_undoing ON decision (time, id) WHERE action = 'undo';

    CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decision
        BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
    CREATE TRIGGER decisions_are_never_removed BEFORE DELETE ON decision
        BEGIN SELECT RAISE(ABORT, 'decisions are never removed'); END;
    """,
    """
    CREATE TABLE side (
        example TEXT PRIMARY KEY,
        side INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE decision ADD COLUMN digest INTEGER;
    DROP TRIGGER decisions_never_change;
    UPDATE decision
        SET digest = row_digest(id, example, action, value, reason, policy, annotator, time, undoes, version);
    CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decision
        BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
    """,
)
"""Each runs once, in order, all that are missing in one transaction. A step that was released is never changed.

`row_digest` is `curator.project.damage.row_digest`: of what a decision says, so that a damaged one is noticed.
"""
