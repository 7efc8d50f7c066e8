// Random words of every row of the encoding table, under the simulator and under QEMU.
//
// usage: prove_rows --runner FILE --m2sim FILE [--seed N] [--samples N] [--part I/N] [--row NAME]
//                   [--modes LIST] [--words FILE]
// --samples: of each row; --part: only every Nth row; --words: the words tested, one a line.
// Prints counts and every row that differs; exits with 1 if one does or one is not covered.

#include <cstdio>
#include <exception>
#include <string>

#include "insts/encoding.h"
#include "tests/rows/campaign.h"
#include "tests/rows/draw_case.h"
#include "tests/rows/options.h"

namespace m2sim::rows {
namespace {

using insts::Op;

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
  std::printf("rows=%u covered=%zu words=%lu distinct=%zu reasons=%zu different=%lu\n", rows,
              tally.covered.size(), tally.words, tally.distinct.size(), tally.reasons.size(),
              tally.different);
  return tally.covered.size() == rows && tally.different == 0 ? 0 : 1;
}

int run(const Options& options) {
  Campaign campaign(options.reference(), options.modes());
  Words words(options.text("--words"));
  const Part part = options.part();
  unsigned rows = 0;
  for (unsigned i = part.mine; i < insts::kOpCount; i += part.parts) {
    const Op op = static_cast<Op>(i);
    if (!options.text("--row").empty() && options.text("--row") != insts::name_of(op)) continue;
    ++rows;
    draw_row(op, options, campaign, words);
  }
  if (part.mine == 0 && options.text("--row").empty()) {
    Random random(options.number("--seed"));
    for (const Case& test : draw_privileged_cases(random)) {
      campaign.add(test);
      words.add(test);
    }
  }
  campaign.finish();
  return report(campaign.tally(), rows);
}

}  // namespace
}  // namespace m2sim::rows

int main(int argc, char** argv) {
  try {
    return m2sim::rows::run(m2sim::rows::Options(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "prove_rows: %s\n", error.what());
    return 2;
  }
}
