// Records as one page for a browser: it needs no network and no other file.
#pragma once

#include <string>
#include <vector>

#include "cmd/history/history.h"

namespace m2sim::cmd {

// Trends over the records, oldest first, with their figures: speed by mode, CPI and error by benchmark; what
// changed for the worse beyond its noise from one record to the next is marked.
std::string history_page(const std::vector<HistoryRecord>& records);

}  // namespace m2sim::cmd
