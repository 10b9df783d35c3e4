-- What the log amounts to. Every row can be made again from the events.
CREATE TABLE answers (
    id TEXT NOT NULL PRIMARY KEY REFERENCES events (id),
    item TEXT NOT NULL,
    session TEXT,
    at_utc TEXT NOT NULL,
    verdict TEXT REFERENCES events (id),
    outcome TEXT,
    score REAL
) WITHOUT ROWID;
CREATE INDEX answers_by_item ON answers (item, id);
CREATE INDEX answers_by_session ON answers (session, id);

CREATE TABLE points (
    answer TEXT NOT NULL REFERENCES events (id),
    point TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (answer, point)
) WITHOUT ROWID;

CREATE TABLE progress (
    item TEXT NOT NULL PRIMARY KEY,
    attempts INTEGER NOT NULL,
    best_score REAL,
    last_answer TEXT NOT NULL,
    last_outcome TEXT,
    last_at TEXT NOT NULL,
    graded_answer TEXT,
    graded_score REAL
) WITHOUT ROWID;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY REFERENCES events (id),
    device TEXT NOT NULL,
    items TEXT NOT NULL,
    position INTEGER NOT NULL,
    ended_at TEXT
) WITHOUT ROWID;
CREATE INDEX sessions_open ON sessions (device, id) WHERE ended_at IS NULL;

CREATE TABLE lessons (
    course TEXT NOT NULL,
    lesson TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    PRIMARY KEY (course, lesson)
) WITHOUT ROWID;

CREATE TABLE sections (
    course TEXT NOT NULL,
    lesson TEXT NOT NULL,
    section TEXT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (course, lesson, section)
) WITHOUT ROWID;

CREATE TABLE turns (
    question TEXT NOT NULL PRIMARY KEY REFERENCES events (id),
    scope TEXT NOT NULL,
    reply TEXT REFERENCES events (id)
) WITHOUT ROWID;
CREATE INDEX turns_by_scope ON turns (scope, question);
