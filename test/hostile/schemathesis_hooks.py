"""Aims the generated calls at what is really there, and counts them.

A random UUID finds nothing, so half of the ids are taken from the API's own lists; half of the webhook bodies are real
payloads with something generated put into them.
"""

import atexit
import copy
import json
import os
import pathlib
import random
import threading
import time
import urllib.request

import schemathesis

# Of our own: Hypothesis winds the module's one back to the same place before each case.
dice = random.Random(1)
lock = threading.Lock()
operations: dict[str, int] = {}
statuses: dict[str, int] = {}
known: dict[str, tuple[float, list[str]]] = {}
samples = [json.loads(file.read_text()) for file in sorted(pathlib.Path(os.environ["IMAS_PAYLOADS"]).glob("*.json"))]

REFERENCES = {
    "service": "services",
    "services": "services",
    "team": "teams",
    "assignee": "users",
    "user": "users",
    "user_id": "users",
    "users": "users",
    "escalation_policy": "escalation-policies",
    "provider_id": "providers",
    "impact_scopes": "impact-scopes",
    "impact_scope": "impact-scopes",
    "incident": "incidents",
}
TARGETS = {"user": "users", "team": "teams", "schedule": "schedules", "provider": "providers"}


def ids_of(collection):
    with lock:
        at, ids = known.get(collection, (0.0, []))
    if time.monotonic() - at > 2:
        request = urllib.request.Request(
            f"{os.environ['IMAS_URL']}/api/v1/{collection}/?limit=50",
            headers={"Authorization": f"Token {os.environ['IMAS_TOKEN']}"},
        )
        with urllib.request.urlopen(request, timeout=15) as answer:
            ids = [row["id"] for row in json.load(answer)["results"]]
        with lock:
            known[collection] = (time.monotonic(), ids)
    return ids


def real_or(value, collection, odds=0.5):
    if dice.random() > odds:
        return value
    ids = ids_of(collection)
    return dice.choice(ids) if ids else value


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    parts = context.operation.path.strip("/").split("/")
    if path_parameters and "id" in path_parameters and len(parts) > 3 and parts[3] == "{id}":
        # Deleting most of what is there would leave the rest nothing to work on.
        odds = 0.1 if context.operation.method.upper() == "DELETE" else 0.5
        path_parameters["id"] = real_or(path_parameters["id"], parts[2], odds)
    return path_parameters


@schemathesis.hook
def map_query(context, query):
    for name in query or {}:
        if name in REFERENCES:
            query[name] = real_or(query[name], REFERENCES[name])
    return query


@schemathesis.hook
def map_body(context, body):
    if "/webhooks/" in context.operation.path:
        return real_payload(body)
    fill(body)
    return body


def real_payload(generated):
    if dice.random() > 0.5:
        return generated
    payload = copy.deepcopy(dice.choice(samples))
    place = payload
    while dice.random() < 0.6:
        inner = list(place.values()) if isinstance(place, dict) else place
        inner = [item for item in inner if isinstance(item, (dict, list)) and item]
        if not inner:
            break
        place = dice.choice(inner)
    key = dice.choice(list(place)) if isinstance(place, dict) else dice.randrange(len(place))
    place[key] = generated if dice.random() < 0.7 else str(dice.random())
    return payload


def fill(node):
    if isinstance(node, list):
        for item in node:
            fill(item)
    if not isinstance(node, dict):
        return
    kind = TARGETS.get(node.get("type")) if isinstance(node.get("type"), str) else None
    if kind and isinstance(node.get("id"), str):
        node["id"] = real_or(node["id"], kind, 0.8)
    for name, value in node.items():
        collection = REFERENCES.get(name)
        if collection and isinstance(value, str):
            node[name] = real_or(value, collection, 0.8)
        elif collection and isinstance(value, list):
            node[name] = [real_or(item, collection, 0.8) if isinstance(item, str) else item for item in value]
        fill(node[name])


@schemathesis.hook
def after_call(context, case, response):
    operation = f"{case.method} {case.path}"
    with lock:
        operations[operation] = operations.get(operation, 0) + 1
        status = str(response.status_code)
        statuses[status] = statuses.get(status, 0) + 1


@atexit.register
def write():
    with open(os.environ["IMAS_CASES_FILE"], "w") as file:
        json.dump({"cases": sum(operations.values()), "operations": operations, "statuses": statuses}, file)
