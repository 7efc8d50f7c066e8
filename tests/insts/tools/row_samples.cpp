// Words and what we make of them, for objdump_sweep.py. One line a word, tab-separated:
//   word  row  mnemonic  text          ("-" for row and mnemonic where no row matches)
//
//   row_samples rows N SEED        N random legal words of every row
//   row_samples words < words      the given words (hexadecimal, one a line)
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sstream>
#include <string>

#include "insts/decode.h"
#include "insts/disasm.h"
#include "insts/encoding.h"

namespace {

using m2sim::insts::Op;

// The text is of the word at address 4 * (number of words before it), as in a file of these words.
void print(std::uint32_t word) {
  static std::uint64_t pc = 0;
  const m2sim::insts::Inst inst = m2sim::insts::decode(word);
  const bool known = inst.op != Op::kUndefined;
  std::ostringstream hex;
  hex << std::hex << word;
  std::cout << hex.str() << '\t' << (known ? m2sim::insts::name_of(inst.op) : "-") << '\t'
            << (known ? m2sim::insts::mnemonic_of(inst.op) : "-") << '\t'
            << m2sim::insts::disassemble(word, pc) << '\n';
  pc += 4;
}

// Random bits for what a row leaves open. Every field is all ones or all zeros now and then: that is
// where register 31, conditions al and nv, and the ends of ranges are.
std::uint32_t random_operands(const m2sim::insts::Encoding& encoding, std::mt19937& random) {
  auto word = static_cast<std::uint32_t>(random());
  const std::uint32_t fields[] = {std::uint32_t{31},        std::uint32_t{31} << 5U,
                                  std::uint32_t{31} << 10U, std::uint32_t{31} << 16U,
                                  std::uint32_t{15} << 12U, encoding.letters};
  for (const std::uint32_t field : fields) {
    const auto choice = random() % 16;
    if (choice == 0) word |= field;
    if (choice == 1) word &= ~field;
  }
  return (word & ~encoding.mask) | encoding.match;
}

// A refinement takes words away and reserved values are undefined, so not every try is a sample.
void print_samples(std::size_t row, unsigned count, std::mt19937& random) {
  const m2sim::insts::Encoding& encoding = m2sim::insts::encodings()[row];
  unsigned found = 0;
  for (unsigned tries = 0; found < count && tries < 1000 * count; ++tries) {
    const std::uint32_t word = random_operands(encoding, random);
    if (static_cast<std::size_t>(m2sim::insts::decode(word).op) != row) continue;
    print(word);
    ++found;
  }
  if (found == 0) std::cout << "-\t" << m2sim::insts::name_of(static_cast<Op>(row)) << "\t-\t-\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "rows" && argc == 4) {
    std::mt19937 random(static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
    const auto count = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10));
    for (std::size_t row = 0; row < m2sim::insts::kOpCount; ++row) print_samples(row, count, random);
    return 0;
  }
  if (mode == "words" && argc == 2) {
    for (std::string line; std::getline(std::cin, line);) {
      print(static_cast<std::uint32_t>(std::strtoul(line.c_str(), nullptr, 16)));
    }
    return 0;
  }
  std::cerr << "usage: row_samples rows N SEED | row_samples words < words\n";
  return 2;
}
