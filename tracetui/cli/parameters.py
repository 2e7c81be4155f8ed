"""Where options meet the CLI library: what is imported before this costs a start nothing of it."""

from typing import Annotated

from cyclopts import Parameter

from tracetui.cli import options

# The options' annotations are text until the library asks for them, and then this name is in it.
vars(options)["Parameter"] = Parameter

Sources = Annotated[str, Parameter(name="SOURCE", env_var=(), show_env_var=False)]
Shared = Annotated[options.Options, Parameter(name="*")]
