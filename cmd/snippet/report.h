// A snippet's figures, for human eyes and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cmd/snippet/analysis.h"
#include "cmd/snippet/program.h"

namespace m2sim::cmd {

struct SnippetResult {
  const Snippet& snippet;
  const SnippetProgram& program;
  const SnippetRun& run;
  const SnippetAnalysis& analysis;
  const timing::CoreConfig& config;
};

// `shown`: iterations in the drawing of the pipe.
std::string snippet_report(const SnippetResult& result, unsigned shown);
nlohmann::ordered_json snippet_json(const SnippetResult& result);

}  // namespace m2sim::cmd
