"""Runs commands of the AWS CLI, each in a process of its own that is forked when the CLI's modules are loaded.

It says "ready", then reads a command a line: {"args": [...], "env": {...}, "out": "file", "err": "file"}. It answers each with
its exit code.
"""

import gc
import json
import os
import sys
import traceback

BEFORE = dict(os.environ)
import awscli.clidriver

# Where its data is, which it says when it is imported.
SET_BY_CLI = {name: value for name, value in os.environ.items() if BEFORE.get(name) != value}

# Every command needs these, and imports them only then.
import awscli.handlers  # noqa: F401
import botocore.client  # noqa: F401
import botocore.httpsession  # noqa: F401


def run(command):
    """The CLI as its own script starts it, in this process."""
    for stream, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(command[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(command["env"], **SET_BY_CLI)
    sys.argv = ["aws", *command["args"]]
    try:
        code = awscli.clidriver.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


gc.freeze()
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        code = 255
        try:
            code = run(json.loads(line))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
