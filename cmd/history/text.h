// Records and comparisons for human eyes, and a comparison as JSON.
#pragma once

#include <string>
#include <vector>

#include "cmd/history/compare.h"
#include "cmd/history/gate.h"

namespace m2sim::cmd {

// What of a comparison or a record to show.
struct HistoryView {
  std::string figures;  // glob; empty: those that tell most
  bool all = false;     // what did not change too
  bool color = false;
};

std::string history_list_text(const std::vector<HistoryRecord>& records);
std::string history_record_text(const HistoryRecord& record, const HistoryView& view);
std::string history_comparison_text(const HistorySide& before, const HistorySide& after,
                                    const HistoryComparison& comparison, const HistoryView& view);
std::string history_comparison_json(const HistorySide& before, const HistorySide& after,
                                    const HistoryComparison& comparison);
std::string gate_findings_text(const std::vector<GateFinding>& findings, bool color);

std::string_view verdict_name(Verdict verdict);  // "equal", "within noise", "changed", "unknown"

}  // namespace m2sim::cmd
