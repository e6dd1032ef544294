"""Everything a person can do in the app: one table, from which keys, footer, `?` help, palette and docs are drawn.

An action's id is its screen and its name, `review.keep`; the screen has a method `action_keep`. Keys are named as
Textual names them; several are separated by commas. `[keys.review]` with `keep = "k"` in curator.toml changes them.
"""

from curator.tui.actions.action import EVERYWHERE, Action, Row, on

_UNDO: Row = ("undo", "u,backspace", "Undo", "Take back the latest decision, whatever it was; without limit.", "fd")
_SCROLL: tuple[Row, ...] = (
    ("scroll_down", "pagedown,ctrl+d", "Scroll down", "Scroll inside the example."),
    ("scroll_up", "pageup,ctrl+u", "Scroll up", "Scroll back inside the example."),
)
_ENDS: tuple[Row, ...] = (
    ("first", "g,home", "First", "Go to the first example."),
    ("last", "G,end", "Last", "Go to the last example."),
)
_CLEAR: Row = ("clear_filter", "c", "Clear filter", "Show all examples again.")
_QUEUE: tuple[Row, ...] = (
    (
        "likewise",
        "w",
        "Same for similar",
        "Offer the latest decision for the open examples most like the one it was about; asks with a list.",
        "d",
    ),
    ("redo", "U", "Redo", "Decide again what was taken back.", "d"),
    ("next", "j,down", "Next", "Go to the next example without deciding."),
    ("previous", "k,up", "Previous", "Go to the previous example without deciding."),
    *_SCROLL,
    *_ENDS,
    ("go_to", "colon", "Go to", "Go to an example by its line or id."),
    _CLEAR,
    ("unfold", "z", "Unfold", "Show more of a very long example."),
    ("columns", "vertical_line", "Columns", "Of a pair: the answers beside each other, or below one another."),
    ("list", "left_square_bracket", "List", "Show the queue beside the example, or hide it."),
    ("side", "right_square_bracket", "Side panel", "Hide what stands beside the example, or show it again."),
)
"""What a queue of examples offers, whatever is decided about them."""

ACTIONS: tuple[Action, ...] = (
    *on(
        EVERYWHERE,
        ("help", "question_mark,f1", "Help", "Show the keys of this screen and what they do.", "f"),
        ("palette", "ctrl+p", "All actions", "Look for an action by its name."),
        ("back", "escape", "Back", "Go back one screen; in a filter: leave it."),
        ("leave", "q", "Quit", "Go back one screen; on the first one: quit. Nothing is lost.", "f"),
        ("suspend", "ctrl+z", "Suspend", "Back to the shell for a while; `fg` there continues."),
        ("overview", "o", "Overview", "What is wrong with the data, and what to do first.", "o"),
        ("review", "r", "Review", "Go through the examples one at a time.", "o"),
        ("duplicates", "d", "Duplicates", "Groups of examples that resemble each other, side by side.", "o"),
        ("browse", "b", "Browse", "All examples as a list: sort, filter, select, decide about many at once.", "o"),
        ("labels", "l", "Labels", "Answer the questions of curator.toml about each example.", "o"),
        ("train", "t", "Train", "Prepare a training on what is kept: model, plan, what speaks against it.", "o"),
        ("runs", "R", "Runs", "The trainings of this data, and one that is running.", "o"),
        ("settings", "comma", "Settings", "Keys, colours, reasons, limits: change them in curator.toml.", "o"),
        ("messages", "D", "Messages", "What was said in this session, whole, and where the log is."),
        (
            "stop_audit",
            "ctrl+x",
            "Stop checking",
            "End the check that runs; what it finished is kept.",
        ),
        ("train_again", "T", "Train again", "Start a training with the model and settings of the last one."),
    ),
    *on(
        "start",
        ("open", "enter", "Open", "Open the file or project in the list.", "f"),
        ("sample", "s", "Sample data", "Open a copy of the sample data: a small set with known faults.", "f"),
        ("name_file", "slash,f", "Open a file", "Type the name of a data file.", "f"),
    ),
    *on(
        "overview",
        ("open", "enter", "Review these", "Review the examples that this line is about.", "f"),
        ("policy", "p", "Policy", "See what the policy `recommended` would decide, with counts, and apply it.", "fd"),
        ("map", "m", "Map", "The topics of the data, and where they lie on a map of meaning.", "f"),
    ),
    *on(
        "unreadable",
        ("drop", "x", "Drop", "Drop the line at the cursor: it no longer counts, and an export skips it.", "fd"),
        ("drop_all", "X", "Drop all", "Drop every undecided unreadable line; asks with the count.", "fd"),
        _UNDO,
    ),
    *on(
        "map",
        (
            "open",
            "enter",
            "Review these",
            "In the list: review the examples of the topic. On the map: those of the region, or at the cursor.",
            "f",
        ),
        ("other", "tab", "List or map", "From the list of topics to the map, and back.", "f"),
        ("region", "space", "Region", "On the map: begin a region at the cursor; arrow keys stretch it.", "f"),
        ("colours", "v", "Colours", "Colour the map by topic, by the gravest finding, or by decision.", "f"),
    ),
    *on(
        "review",
        ("keep", "a", "Keep", "Keep this example and go to the next undecided one.", "fdg"),
        (
            "drop",
            "x",
            "Drop",
            "Drop this example and go to the next undecided one; a digit drops it for a reason.",
            "fdg",
        ),
        (
            "swap",
            "less_than_sign",
            "Swap",
            "Of a pair: let chosen and rejected answer change places, as an edit.",
            "fd",
        ),
        ("tie", "equals_sign", "Tie", "Of a pair: drop it, as neither answer is better.", "fdg"),
        ("both_bad", "minus", "Both bad", "Of a pair: drop it, as both answers are bad.", "fdg"),
        ("skip", "space", "Skip", "Leave it undecided and go to the next undecided one.", "fg"),
        ("flag", "f", "Flag", "Flag it for another look and move on.", "fdg"),
        _UNDO,
        ("filter", "slash", "Filter", "Show only what a filter finds; the same language as --where.", "f"),
        ("edit", "e", "Edit", "Edit its messages here; the word difference is shown before it is saved.", "fd"),
        ("fix", "F", "Fix", "Repair what its findings offer to repair; shown as a difference first.", "fd"),
        ("new", "n", "New", "Write a new example; it is checked, marked `added` and exported.", "d"),
        ("new_from", "N", "New from this", "Write a new example that begins as a copy of this one.", "d"),
        ("editor", "E", "In $EDITOR", "Edit it as JSON in $EDITOR.", "d"),
        ("keep_all", "A", "Keep all", "Keep every undecided example that the filter finds; asks with the count.", "d"),
        ("drop_all", "X", "Drop all", "Drop every undecided example that the filter finds; asks with the count.", "d"),
        ("order", "S", "Order", "In turn: by severity, as in the file, varied (topics take turns, copies last)."),
        ("similar", "s", "Similar", "Show the examples nearest in meaning to this one."),
        ("reason", "m", "Reason", "Write why; kept with the decision on this example.", "d"),
        ("copy", "y", "Copy", "Copy the example as JSON."),
        ("history", "h", "History", "The latest decisions; Enter goes to one."),
        *_QUEUE,
        *(
            (
                f"drop_because({n})",
                str(n),
                f"Drop, reason {n}",
                f"Drop it for reason {n} of the list on the screen.",
                "dg",
            )
            for n in range(1, 10)
        ),
    ),
    *on(
        "labels",
        ("accept", "enter", "Take suggestion", "Answer as suggested; or finish several choices, and move on.", "fdg"),
        ("next_question", "tab", "Next question", "To the next question of curator.toml.", "f"),
        ("mode", "v", "Order", "In turn: as in the file, most uncertain first, disagreements only.", "f"),
        ("skip", "space", "Skip", "Go to the next example without an answer of yours.", "fg"),
        _UNDO,
        ("note", "m", "Note", "Write the answer to a question that asks for text.", "d"),
        ("unlabel", "0,delete", "Remove", "Take your answer to this question away.", "d"),
        ("filter", "slash", "Filter", "Show only what a filter finds; label:warm finds an answer.", "f"),
        *_QUEUE,
        *(
            (f"choose({n})", str(n), f"Answer {n}", f"Choose answer {n} of the list on the screen.", "dg")
            for n in range(1, 10)
        ),
    ),
    *on(
        "settings",
        ("open", "enter", "Change", "Give the setting at the cursor another value; press a key where it is one.", "fd"),
        ("type", "e", "Type it", "Type the value, also of a key: several are separated by commas.", "fd"),
    ),
    *on(
        "train",
        ("prepare", "enter", "Prepare", "Show what a training with this model would do; nothing starts.", "f"),
        ("start", "s", "Start", "Start the prepared training; it continues when the app is closed.", "fd"),
        ("go_on", "i", "Prepare anyway", "Prepare what was refused, without the examples or the check that it names."),
        ("worth", "w", "Worth it?", "First ask the untuned model, with a good prompt, how much is left to gain.", "f"),
    ),
    *on(
        "training",
        ("answers", "v", "Answers", "Compare the tuned with the untuned model on held-out questions.", "f"),
        ("stop", "x", "Stop", "Finish the step, save and end; asks first.", "f"),
        ("go_on", "c", "Continue", "Continue a training that stopped or died.", "f"),
        ("smoother", "plus,equals_sign", "Smoother", "A smoother curve; the raw dots stay.", "f"),
        ("rougher", "minus", "Rougher", "A less smooth curve.", "f"),
        ("logarithmic", "g", "Log scale", "The loss axis in logarithms, or not.", "f"),
        ("scroll_down", "pagedown,ctrl+d", "Scroll down", "Scroll through the answer and the log."),
        ("scroll_up", "pageup,ctrl+u", "Scroll up", "Scroll back through them."),
    ),
    *on("runs", ("open", "enter", "Look", "Look at this training.", "f")),
    *on(
        "answers",
        ("like(1)", "1", "First", "The first answer is better; then it is said whose it is.", "fd"),
        ("like(2)", "2", "Second", "The second answer is better.", "fd"),
        ("like(0)", "0", "Neither", "Neither is better.", "fd"),
        ("next", "j,down", "Next", "To the next question.", "f"),
        ("previous", "k,up", "Previous", "To the question before."),
        ("order", "S", "Order", "In turn: as asked, greatest loss first, tuned worse first.", "f"),
        ("flag", "f", "Flag", "Send the example back to the review queue.", "fd"),
        ("correct", "e", "Correct", "Write a corrected example to train on; this one leaves the held-out side.", "fd"),
        ("ask", "A", "Ask", "Ask both models more held-out questions."),
        ("scroll_down", "pagedown,ctrl+d", "Scroll down", "Scroll inside question, reference and answers."),
        ("scroll_up", "pageup,ctrl+u", "Scroll up", "Scroll back inside them."),
    ),
    *on(
        "edit",
        (
            "save",
            "ctrl+s,f2,escape,q",
            "Done",
            "See the word difference; then save it, or continue, or discard it.",
            "fd",
        ),
        ("editor", "ctrl+g", "In $EDITOR", "Edit the whole example as JSON in $EDITOR.", "fd"),
        ("add_turn", "ctrl+t", "Add a turn", "Add a message at the end.", "fd"),
        ("remove_turn", "ctrl+r", "Remove turn", "Take the last message away.", "fd"),
        ("original", "ctrl+o", "Original", "Put back what the source has.", "fd"),
        ("turns_before", "f3,ctrl+b", "Turns before", "In a long conversation: edit the turns before these."),
        ("turns_after", "f4,ctrl+l", "Turns after", "In a long conversation: edit the turns after these."),
    ),
    *on(
        "browse",
        ("keep", "a", "Keep", "Keep what is selected, or the example at the cursor.", "fd"),
        ("drop", "x", "Drop", "Drop what is selected, or the example at the cursor.", "fd"),
        ("flag", "f", "Flag", "Flag what is selected, or the example at the cursor.", "fd"),
        ("select", "space", "Select", "Select the example at the cursor, or no longer, and move on.", "f"),
        _UNDO,
        ("filter", "slash", "Filter", "Show only what a filter finds, while you type; the language of --where.", "f"),
        ("sort", "s", "Sort", "By position, severity, tokens or similarity, in turn.", "f"),
        ("open", "enter", "Review", "Review the example at the cursor; what the list shows is the queue.", "f"),
        ("reverse", "S", "Reverse", "Begin the list at its other end."),
        ("compare", "equals_sign", "Compare", "Put the two selected examples beside each other."),
        ("extend_down", "J,shift+down", "Select down", "Select this example and the next one."),
        ("extend_up", "K,shift+up", "Select up", "Select this example and the one before."),
        ("select_all", "ctrl+a", "Select all", "Select all that the list shows."),
        ("select_none", "n", "Select none", "Select nothing."),
        ("undecide", "C", "Undecide", "Take back what you decided about what is selected.", "d"),
        _CLEAR,
        ("next", "j,down", "Next", "Down one."),
        ("previous", "k,up", "Previous", "Up one."),
        ("page_down", "pagedown,ctrl+d", "Page down", "Down a page."),
        ("page_up", "pageup,ctrl+u", "Page up", "Up a page."),
        *_ENDS,
    ),
    *on(
        "duplicates",
        ("drop_copies", "x", "Drop copies", "Drop all of the group but its keeper, and move on.", "fd"),
        ("keep_this", "h", "Keep this", "Keep the example at the cursor instead: it becomes the keeper.", "fd"),
        ("keep_all", "a", "Keep all", "Keep every example of the group, and move on.", "fd"),
        ("next_group", "space,n", "Next group", "Go to the next group in which something is undecided.", "f"),
        _UNDO,
        ("stricter", "plus", "Stricter", "Ask for more similarity: 0.01 more at each press.", "f"),
        ("looser", "minus", "Looser", "Ask for less similarity, down to what the audit looked for.", "f"),
        (
            "drop_plain",
            "P",
            "Drop plain",
            "Drop all examples that are plainly copies, in all groups.",
            "d",
        ),
        ("relation", "R", "Relation", "Copies, the same prompt, the same answer, the same in other words, in turn."),
        ("next", "j,down", "Next", "Put the next member beside the keeper."),
        ("previous", "k,up", "Previous", "Put the member before beside the keeper."),
        ("following", "right_square_bracket", "Group after", "Go to the group after this one, decided or not."),
        ("before", "left_square_bracket", "Group before", "Go to the group before this one, decided or not."),
        *_SCROLL,
    ),
    *on(
        "compare",
        ("scroll_down", "pagedown,ctrl+d,j,down", "Scroll down", "Scroll inside the examples.", "f"),
        ("scroll_up", "pageup,ctrl+u,k,up", "Scroll up", "Scroll back inside the examples.", "f"),
        ("swap", "s", "Swap", "Put the other example at the left.", "f"),
    ),
)
"""In the order of importance on each screen."""


def actions_of(screen: str) -> list[Action]:
    """The actions of a screen, its own first."""
    own = [action for action in ACTIONS if action.screen == screen]
    return own + [action for action in ACTIONS if action.screen == EVERYWHERE != screen]


def screens() -> list[str]:
    """The screens that have actions, in order."""
    return list(dict.fromkeys(action.screen for action in ACTIONS))
