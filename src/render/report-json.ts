// An apply report as JSON: the report itself and nothing else.

import type { ApplyReport } from "../model/report.ts";
import { jsonText } from "./json-text.ts";

export function renderReportJson(report: ApplyReport): string {
  return jsonText(report);
}
