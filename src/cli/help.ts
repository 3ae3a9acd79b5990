// What `gateform --help` says below the list of commands.

export const HELP_AFTER = `
First steps:
  $ gateform demo                      the main job in one minute, on this machine
  $ gateform export > gateform.yaml    write what is live already as a file
  $ gateform validate                  check gateform.yaml in this directory
  $ gateform plan                      see what apply would do
  $ gateform apply                     do it, after a question

Exit codes:
  0  success
  1  error; also where an apply did only a part
  2  success with changes, given --detailed-exitcode; drift found

Output:
  stdout holds what the command is for, stderr everything else. --output json prints one document, also on
  failure: { "error": { "code", "message", "hint" }, "diagnostics": [ … ] }.

Environment:
  CLOUDFLARE_API_TOKEN, VERCEL_TOKEN   credentials, unless the file names other sources
  CLOUDFLARE_EMAIL, CLOUDFLARE_API_KEY a Global API key, where there is no API token
  CLOUDFLARE_ACCOUNT_ID, VERCEL_TEAM   what \`export\` reads where there is no file, with the credentials
  CLOUDFLARE_BASE_URL, VERCEL_BASE_URL other API hosts, e.g. those of \`gateform serve\`
  GATEFORM_LEDGER_KEY                  keys the fingerprints of secrets in the ledger
  GATEFORM_LEDGER_HOSTS                servers that a file may name as the place of the ledger, with commas between
  CI                                   set: a missing ledger is an error, no values on stdout
  NO_COLOR, FORCE_COLOR                without colours, or with
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY    the proxy for requests, and the hosts that are reached without it
  NODE_EXTRA_CA_CERTS                  file with certificates of authorities to trust as well
  GATEFORM_DEBUG                       1: the same as --debug
`;
