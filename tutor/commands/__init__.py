"""The commands behind `tutor`, one module a family: `arguments(parser)` and `run(args, context) -> exit code`."""
