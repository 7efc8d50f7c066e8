// Random words of every row of the encoding table, under the simulator and under QEMU.
//
// usage: prove_rows --runner FILE --m2sim FILE [--seed N] [--samples N] [--part I/N] [--row NAME]
//                   [--modes LIST] [--words FILE]
// --samples: of each row; --part: only every Nth row; --words: the words tested, one a line.
// Prints counts and every row that differs; exits with 1 if one does or one is not covered.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>

#include "insts/encoding.h"
#include "tests/rows/campaign.h"
#include "tests/rows/draw_case.h"

namespace m2sim::rows {
namespace {

using insts::Op;

struct Options {
  std::map<std::string, std::string> values = {{"--seed", "1"}, {"--samples", "8"},      {"--part", "0/1"},
                                               {"--row", ""},   {"--words", ""},         {"--runner", ""},
                                               {"--m2sim", ""}, {"--modes", "emulation"}};

  const std::string& text(const char* name) const { return values.at(name); }
  unsigned number(const char* name) const { return static_cast<unsigned>(std::stoul(text(name))); }
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const auto option = options.values.find(argv[i]);
    if (option == options.values.end() || i + 1 == argc)
      throw std::runtime_error(std::string("what is ") + argv[i] + "?");
    option->second = argv[i + 1];
  }
  return options;
}

Campaign make_campaign(const Options& options) {
  const std::vector<std::byte> runner = read_file(options.text("--runner"));
  std::vector<Executor> modes;
  std::string list = options.text("--modes");
  while (!list.empty()) {
    const std::string mode = list.substr(0, list.find(','));
    modes.emplace_back(mode, "'" + options.text("--m2sim") + "' run --quiet --mode " + mode, runner);
    list.erase(0, mode.size() + 1);
  }
  return {Executor("qemu", "qemu-aarch64 -cpu max", runner), modes};
}

class Words {
 public:
  explicit Words(const std::string& name) {
    if (!name.empty()) file_ = std::fopen(name.c_str(), "w");
  }
  ~Words() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;
  void add(const Case& test) {
    for (unsigned i = 0; file_ != nullptr && i < test.words; ++i)
      std::fprintf(file_, "%08x\n", test.before.code[i]);
  }

 private:
  std::FILE* file_ = nullptr;
};

void draw_row(Op op, const Options& options, Campaign& campaign, Words& words) {
  Random random(options.number("--seed") * 65536ULL + static_cast<unsigned>(op));
  const unsigned samples = options.number("--samples");
  unsigned drawn = 0;
  for (unsigned tries = 0; drawn < samples && tries < 1000 * samples; ++tries) {
    const auto test = draw_case(op, random, drawn);
    if (!test) continue;
    ++drawn;
    campaign.add(*test);
    words.add(*test);
  }
  for (unsigned i = 0; i < samples / 8 + 1; ++i) {
    if (const auto test = draw_reserved_case(op, random)) campaign.add(*test);
  }
}

int report(const Tally& tally, unsigned rows) {
  for (const auto& [row, text] : tally.failed) std::printf("DIFFERS %s\n", text.c_str());
  for (const auto& [row, reason] : tally.reasons) std::printf("reason %s: %s\n", row.c_str(), reason.c_str());
  std::printf("rows=%u covered=%zu words=%lu reasons=%zu different=%lu\n", rows, tally.covered.size(),
              tally.words, tally.reasons.size(), tally.different);
  return tally.covered.size() == rows && tally.different == 0 ? 0 : 1;
}

int run(const Options& options) {
  Campaign campaign = make_campaign(options);
  Words words(options.text("--words"));
  const std::string& part = options.text("--part");
  const unsigned parts = static_cast<unsigned>(std::stoul(part.substr(part.find('/') + 1)));
  const unsigned mine = static_cast<unsigned>(std::stoul(part));
  unsigned rows = 0;
  for (unsigned i = mine; i < insts::kOpCount; i += parts) {
    const Op op = static_cast<Op>(i);
    if (!options.text("--row").empty() && options.text("--row") != insts::name_of(op)) continue;
    ++rows;
    draw_row(op, options, campaign, words);
  }
  campaign.finish();
  return report(campaign.tally(), rows);
}

}  // namespace
}  // namespace m2sim::rows

int main(int argc, char** argv) {
  try {
    return m2sim::rows::run(m2sim::rows::parse(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "prove_rows: %s\n", error.what());
    return 2;
  }
}
