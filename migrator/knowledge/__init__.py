"""What libraries do, as data: TOML files, validated, and asked by dotted name.

`load_knowledge()` gives a `Knowledge`; `Knowledge.lookup("requests.Session.get")` an `Entry` or
None. `effects/*.toml` speak for the standard library by area, `libraries/*.toml` for one
third-party library each. Files of users have the same format.

A file says which modules it speaks for, then what it knows, in groups of names:

    modules = ["requests"]            # before the first table: names outside of them are refused
    distribution = "requests"         # for `make knowledge-check`; left out for the standard library

    unchecked = ["pathlib.Path.walk"] # names that no wheel shows: newer Pythons, classes made at run time

    [alias]                           # other spellings of a name, or of all names below it
    "requests.sessions.Session" = "requests.Session"

    [[entry]]
    within = "requests"               # prefix of the names
    names = ["get", "post"]
    effects = ["http-out"]
    reason = "sends an HTTP request"  # needed beside any effect: the phrase that the report shows
    returns = "requests.Response"

    [[entry]]
    within = "requests"
    names = ["Session"]
    kind = "class"                    # function (default), class, object
    pure = true                       # constructing one does nothing

    [[entry]]
    names = ["requests.*"]            # whatever is not said above; the longest wildcard wins
    pure = true

Each `[[entry]]` must say something: `effects`, `paths`, `seconds`, or `pure = true`. Further keys,
with their meaning in `Entry`: `reads`, `changes` (left out: true for `email`, `enqueue` and `subprocess`), `write_effects`, `calls_arguments`, `background_arguments`, `hands`,
`asks`, `mutates`, `by_argument`, `origin`, `derives`, `decorates`, `decorated_effects`, `bases`, `aliases`,
`keeps`, `runs`, `assigned`, `attribute`, `relates`, `holds`, `holds_owner`.
Where a position is asked for, `"self"` is the object that a method is called on.

`paths = [{argument = 0, keyword = "file", access = "mode", mode = 1}]` says that a function touches
a file; whether this is local disk, temp or the code's own package depends on where the path comes
from, which the model follows with the help of `origin` and `derives`. `file_object = true` beside it says that the
argument may be an open file as well; only what is known to be a path then counts.

`runs = ["self.get_queryset()", "self.form_valid(self.get_form())"]` says which methods of the receiver
a template method calls, overridden ones above all. In these expressions `self` is the receiver,
`item` what it holds, `argument0`, `argument1` the positional arguments, `arguments` all, `instance(x)` an instance of
the class x without its constructor, `each(self, "clean_")` all methods whose names begin so,
`declared(self)` the objects at class level, `setting("NAME")` what a settings module binds to a
name, `items(x)` what the list x holds, `at(x, "key")` one of its items, `named(x)` what a dotted name in
the text x stands for, `model(x)` an instance of the model that x is or names, `keyword_file` the argument that is
passed as `file=` (an expression that begins with one is left out where it is not passed), `attribute(x, "key")` what x
has under a name, `entered(x)` what `with x as` binds, `within(x)` what x and the containers in it hold at any depth,
`kept("handlers")` what entries with `keeps = {handlers = "@argument:0"}` have kept, `x or y` both; any other name begins
a dotted library name. Operators and items are those of the language: `argument0 + argument1`, `argument0[item]`.

`asks = {text = "@arguments"}` says which special methods of first-party objects a function calls: `print` asks all that
it is given for a text (`__str__`, or `__repr__` where there is none). What can be asked is `Asked`.

The names of dunder methods say what operators do: `__iter__` (its `returns` is what one step of
iterating gives), `__getitem__`, `__contains__`, `__call__`, `__enter__`.
"""

from migrator.knowledge.entries import RECEIVER, Access, Argument, Asked, ByArgument, Entry, Kind, Origin, PathUse
from migrator.knowledge.lookup import Knowledge, load_knowledge

__all__ = [
    "RECEIVER",
    "Access",
    "Argument",
    "Asked",
    "ByArgument",
    "Entry",
    "Kind",
    "Knowledge",
    "Origin",
    "PathUse",
    "load_knowledge",
]
