// Every code that reading a file can produce, with what it stands for. Codes are stable: people silence and search
// for them, so one is never renamed or used for something else.

export const CONFIG_CODES = {
  NO_FILE: "An argument names no file, or there is no gateform.yaml to fall back on",
  FILE_UNREADABLE: "A file cannot be read, or is not UTF-8 text",
  BAD_YAML: "The text is not one YAML 1.2 document",
  TOO_DEEP: "Maps and lists are nested deeper than any real configuration",
  TOO_LARGE: "Aliases expand to more values than any real configuration has",
  BAD_ALIAS: "An alias names no anchor above it, or its own surroundings",
  BAD_MERGE: "The value of << is neither a map nor a list of maps",
  DUPLICATE_KEY: "One map has the same key twice",
  DUPLICATE_VALUE: "Two files of one layer set the same value",
  NOTHING_TO_REMOVE: "$remove stands where no earlier layer declares anything",
  BAD_EXPRESSION: "A dollar expression that is neither an env:NAME nor an env:NAME:-fallback",
  ENV_NOT_ALLOWED: "A file reads an environment variable that it may not read",
  ENV_IS_SECRET: "A file reads an environment variable that serves as a credential or secret",
  ENV_MISSING: "An environment variable without fallback is unset or empty",
  MISSING_FIELD: "A required field is not there",
  WRONG_TYPE: "A value has another type than the field takes",
  WRONG_VALUE: "A value has the right type but is not one that the field takes",
  UNKNOWN_KEY: "A key that nothing reads",
  UNKNOWN_FIELD: "lifecycle.ignore_changes names a field that the kind does not have",
  UNKNOWN_CODE: "lifecycle.silence names a code that no check has. A warning",
  BAD_KEY: "A resource's key has a form that addresses or the vendor do not allow",
  NULL_SECTION: "A section without a value: neither left out nor empty",
  EMPTY_SECTION: "A section that consists of sections has none of them: it says nothing about any",
  NULL_RESOURCE: "A resource without a value: neither left out nor empty",
  LITERAL_SECRET: "A secret is written out where a reference to one belongs",
  BAD_SECRET: "A secret reference of a form that does not exist",
  REF_NOT_TAKEN: "A reference to a resource where the field takes a plain value",
  BAD_REF: "A reference whose text is not an address of the right kind",
  UNKNOWN_REF: "A reference to a resource that no file declares",
  BAD_ADDRESS: "Text that should be an address and is none",
  UNKNOWN_KIND: "A kind that does not exist",
  BAD_MOVE: "A line of moved that cannot be: to itself, twice, in a circle, to another kind or parent",
  MOVED_KEY_IS_ID:
    "moved names a resource whose key is its id or its name at the vendor: another key is another resource",
  MOVED_DECLARED: "moved names an address as from that is still declared",
  MOVED_UNDECLARED: "moved leads to an address that no file declares",
  REMOVED_DECLARED: "removed names an address that is still declared. A warning",
  UNKNOWN_SECTION: "policy.exclusive names a section that does not exist or cannot be exclusive",
  TWO_CREDENTIALS: "A provider's block names two credentials where one is used",
  FOREIGN_BASE_URL: "base_url names a host that is neither the vendor's nor this machine",
  LEDGER_ADDRESS:
    "ledger.http names no usable address: no URL, with a password in it, or a credential would go over plain http",
  LEDGER_CREDENTIAL:
    "ledger.http would send a vendor's credential, or the key of the fingerprints, to the ledger's server",
  DUPLICATE_IDENTITY: "Two resources stand for the same thing at the vendor",
  DUPLICATE_NAME: "Two resources get the same name from the vendor",
  WRONG_HOLDER:
    "A reference names a resource that does not have the name under which the vendor looks for it",
  DUPLICATE_SINK: "Two values are delivered to the same place",
  ROTATE_WITHOUT_SINK:
    "rotate_after on a resource without `deliver`, or with the sink `stdout`, which needs somebody to look at it",
  ROTATE_FORBIDDEN:
    "rotate_after on a resource that prevent_destroy or prune: never keeps from being rotated: once it is due, every plan would refuse it",
  RESERVED_SINK:
    "A value is delivered to a file that gateform itself reads: a configuration file or the ledger",
} as const;

/** A code of this table. */
export type ConfigCode = keyof typeof CONFIG_CODES;
