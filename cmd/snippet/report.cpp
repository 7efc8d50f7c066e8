#include "cmd/snippet/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cmd/console/terminal.h"
#include "emu/elf/elf.h"
#include "insts/disasm.h"
#include "timing/config/field_text.h"
#include "timing/probe/timeline.h"

namespace m2sim::cmd {
namespace {

constexpr double kTiny = 0.005;  // cycles that would read 0.00

class Words {
 public:
  explicit Words(const SnippetProgram& program) : image_(emu::parse_elf("snippet", program.image)) {}

  std::string at(std::uint64_t pc) const {
    for (const emu::Segment& segment : image_.segments) {
      if (pc < segment.address || pc - segment.address + 4 > segment.file_size) continue;
      std::uint32_t word = 0;
      std::memcpy(&word, image_.bytes.data() + segment.file_offset + (pc - segment.address), sizeof word);
      return insts::disassemble(word, pc);
    }
    return "?";
  }

 private:
  emu::ElfImage image_;
};

std::string port_name(const timing::CoreConfig& config, std::size_t port) {
  return std::string(timing::text_of(config.ports[port].name));
}

std::string_view reason_name(std::size_t reason) {
  return reason == 0 ? std::string_view("base") : timing::kStallInfo[reason].name;
}

std::string limit_text(const SnippetResult& result) {
  const SnippetAnalysis& analysis = result.analysis;
  switch (limit_of(analysis)) {
    case Limit::kLatency:
      return "latency: the chain below";
    case Limit::kPorts: {
      std::string text = "throughput: the ports";
      for (const unsigned port : analysis.busiest) text += " " + port_name(result.config, port);
      return text;
    }
    case Limit::kWidth:
      return fmt::format("throughput: {} uops can be renamed in a cycle", result.config.rename.width);
    case Limit::kOther:
      break;
  }
  std::size_t largest = 1;
  for (std::size_t r = 1; r < analysis.cpi_stack.size(); ++r) {
    if (analysis.cpi_stack[r] > analysis.cpi_stack[largest]) largest = r;
  }
  return fmt::format("neither: most is lost to {}", reason_name(largest));
}

std::string head(const SnippetResult& result) {
  const SnippetAnalysis& analysis = result.analysis;
  const std::string& file = result.snippet.file;
  const std::string name = result.snippet.name.empty() ? file : file + ": " + result.snippet.name;
  std::string text = fmt::format("{}\n", printable(name));
  text += fmt::format("  {:.2f} instructions, {:.2f} uops an iteration; {} iterations behind {}\n\n",
                      analysis.insts, analysis.uops, analysis.iterations, result.run.warmup);
  text += fmt::format("  cycles per iteration  {:8.2f}\n", analysis.cycles);
  text += fmt::format("  latency bound         {:8.2f}\n", analysis.latency_bound);
  text += fmt::format("  throughput bound      {:8.2f}\n", analysis.throughput_bound);
  return text + fmt::format("  limited by            {}\n", limit_text(result));
}

std::string stack(const SnippetAnalysis& analysis) {
  std::string text = "\n  where the cycles of an iteration go\n";
  for (std::size_t r = 0; r < analysis.cpi_stack.size(); ++r) {
    if (analysis.cpi_stack[r] < kTiny) continue;
    text += fmt::format("    {:24} {:8.2f}  {:3.0f} %\n", reason_name(r), analysis.cpi_stack[r],
                        100 * analysis.cpi_stack[r] / std::max(analysis.cycles, kTiny));
  }
  return text;
}

std::string pressure(const SnippetResult& result, const Words& words) {
  const SnippetAnalysis& analysis = result.analysis;
  std::vector<std::size_t> used;
  for (std::size_t port = 0; port < analysis.ports.size(); ++port) {
    if (analysis.ports[port] > 0) used.push_back(port);
  }
  if (used.empty()) return "\n  no uop needs a port\n";
  const auto row = [&](const std::vector<double>& ports, double share) {
    std::string text;
    for (const std::size_t port : used) {
      text += ports[port] == 0 ? "     -" : fmt::format("{:6.2f}", ports[port] / share);
    }
    return text;
  };
  std::string text = "\n  uops by port, an iteration\n    ";
  for (const std::size_t port : used) text += fmt::format("{:>6}", port_name(result.config, port));
  text += "\n";
  for (const SnippetInst& inst : analysis.instructions) {
    text += "    " + row(inst.ports, 1) + "  " + words.at(inst.pc) + "\n";
  }
  text += "    " + row(analysis.ports, 1) + "  all\n";
  if (analysis.cycles < kTiny) return text;
  return text + "    " + row(analysis.ports, analysis.cycles) + "  all, a cycle\n";
}

std::string chain(const SnippetAnalysis& analysis, const Words& words) {
  if (analysis.chain.empty()) return "\n  no chain of registers goes from one iteration to the next\n";
  std::string text = "\n  the longest chain through registers, in one iteration\n";
  for (const ChainLink& link : analysis.chain) {
    text += fmt::format("    {:4.0f}  {}\n", link.cycles, words.at(link.pc));
  }
  return text;
}

std::string drawing(const SnippetResult& result, const Words& words, unsigned shown) {
  if (shown == 0) return "";
  const std::vector<std::uint64_t>& begins = result.run.begins;
  const std::size_t first = (begins.size() - 1) / 2;
  const std::size_t last = std::min(first + shown, begins.size() - 1);
  std::vector<timing::TracedUop> uops;
  for (const timing::TracedUop& uop : result.run.uops) {
    if (uop.number >= begins[first] && uop.number < begins[last]) uops.push_back(uop);
  }
  constexpr std::size_t kMostUops = 100;
  if (uops.size() > kMostUops) uops.resize(kMostUops);
  return "\n" + timing::timeline(
                    uops, {}, [&](std::uint64_t pc) { return words.at(pc); },
                    [&](unsigned port) { return port_name(result.config, port); },
                    {.text_width = 36, .waits = true});
}

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

}  // namespace

std::string snippet_report(const SnippetResult& result, unsigned shown) {
  const Words words(result.program);
  return head(result) + stack(result.analysis) + pressure(result, words) + chain(result.analysis, words) +
         drawing(result, words, shown);
}

nlohmann::ordered_json snippet_json(const SnippetResult& result) {
  const Words words(result.program);
  const SnippetAnalysis& analysis = result.analysis;
  constexpr const char* kLimits[] = {"latency", "ports", "width", "other"};
  nlohmann::ordered_json json{{"name", result.snippet.name},
                              {"iterations", analysis.iterations},
                              {"warmup", result.run.warmup},
                              {"instructions", rounded(analysis.insts)},
                              {"uops", rounded(analysis.uops)},
                              {"cycles", rounded(analysis.cycles)},
                              {"latency_bound", rounded(analysis.latency_bound)},
                              {"throughput_bound", rounded(analysis.throughput_bound)},
                              {"limited_by", kLimits[static_cast<std::size_t>(limit_of(analysis))]}};
  json["ports"] = nlohmann::ordered_json::object();
  for (std::size_t port = 0; port < analysis.ports.size(); ++port) {
    json["ports"][port_name(result.config, port)] = rounded(analysis.ports[port]);
  }
  json["cpi_stack"] = nlohmann::ordered_json::object();
  for (std::size_t r = 0; r < analysis.cpi_stack.size(); ++r) {
    if (analysis.cpi_stack[r] > 0)
      json["cpi_stack"][std::string(reason_name(r))] = rounded(analysis.cpi_stack[r]);
  }
  json["chain"] = nlohmann::ordered_json::array();
  for (const ChainLink& link : analysis.chain) {
    json["chain"].push_back({{"text", words.at(link.pc)}, {"cycles", link.cycles}});
  }
  json["code"] = nlohmann::ordered_json::array();
  for (const SnippetInst& inst : analysis.instructions) {
    nlohmann::ordered_json row{{"text", words.at(inst.pc)}, {"uops", rounded(inst.uops)}};
    for (std::size_t port = 0; port < inst.ports.size(); ++port) {
      if (inst.ports[port] > 0) row["ports"][port_name(result.config, port)] = rounded(inst.ports[port]);
    }
    json["code"].push_back(std::move(row));
  }
  return json;
}

}  // namespace m2sim::cmd
