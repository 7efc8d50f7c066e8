#include "tests/rows/system_cases.h"

#include "insts/encoding.h"
#include "tests/rows/place.h"
#include "tests/rows/random_state.h"

namespace m2sim::rows {
namespace {

using insts::Op;

constexpr std::int64_t system_register(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2) {
  return std::int64_t{op0} << 14 | std::int64_t{op1} << 11 | std::int64_t{crn} << 7 | std::int64_t{crm} << 3 |
         op2;
}
constexpr std::int64_t kFpcr = system_register(3, 3, 4, 4, 0);
constexpr std::int64_t kFpsr = system_register(3, 3, 4, 4, 1);

constexpr std::array kWritable = {
    system_register(3, 3, 4, 2, 0),   // NZCV
    system_register(3, 3, 13, 0, 2),  // TPIDR_EL0
    kFpcr,
    kFpsr,
};
// Where reads are the same, apart from those above.
constexpr std::array kReadable = {system_register(3, 3, 13, 0, 3)};  // TPIDRRO_EL0
constexpr std::array kPrivileged = {
    system_register(3, 0, 1, 0, 0),   // SCTLR_EL1
    system_register(3, 0, 4, 2, 2),   // CurrentEL
    system_register(3, 3, 4, 2, 1),   // DAIF
    system_register(3, 0, 13, 0, 4),  // TPIDR_EL1
    system_register(3, 4, 12, 0, 0),  // VBAR_EL2
    system_register(2, 0, 0, 2, 2),   // MDSCR_EL1
};
constexpr const char* kImplementation =
    "identification of the implementation (Arm ARM, \"General system control registers\")";
constexpr std::array kOwn = {
    OwnRegister{system_register(3, 3, 0, 0, 1), "CTR_EL0",
                "cache geometry, implementation defined (Arm ARM, \"CTR_EL0, Cache Type Register\")"},
    OwnRegister{
        system_register(3, 3, 0, 0, 7), "DCZID_EL0",
        "block size of DC ZVA, implementation defined (Arm ARM, \"DCZID_EL0, Data Cache Zero ID register\")"},
    OwnRegister{system_register(3, 3, 14, 0, 0), "CNTFRQ_EL0",
                "frequency of the counter, implementation defined (Arm ARM, \"CNTFRQ_EL0\")"},
    OwnRegister{system_register(3, 3, 14, 0, 2), "CNTVCT_EL0", "elapsed time (Arm ARM, \"CNTVCT_EL0\")"},
    OwnRegister{system_register(3, 0, 0, 0, 0), "MIDR_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 0, 5), "MPIDR_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 0, 6), "REVIDR_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 4, 0), "ID_AA64PFR0_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 4, 1), "ID_AA64PFR1_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 5, 0), "ID_AA64DFR0_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 6, 0), "ID_AA64ISAR0_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 6, 1), "ID_AA64ISAR1_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 6, 2), "ID_AA64ISAR2_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 7, 0), "ID_AA64MMFR0_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 7, 1), "ID_AA64MMFR1_EL1", kImplementation},
    OwnRegister{system_register(3, 0, 0, 7, 2), "ID_AA64MMFR2_EL1", kImplementation},
};

constexpr std::int64_t system_operation(unsigned op1, unsigned crn, unsigned crm, unsigned op2) {
  return std::int64_t{op1} << 11 | std::int64_t{crn} << 7 | std::int64_t{crm} << 3 | op2;
}
constexpr std::array kOperations = {
    system_operation(3, 7, 4, 1),   // dc zva
    system_operation(3, 7, 10, 1),  // dc cvac
    system_operation(3, 7, 11, 1),  // dc cvau
    system_operation(3, 7, 12, 1),  // dc cvap
    system_operation(3, 7, 13, 1),  // dc cvadp
    system_operation(3, 7, 14, 1),  // dc civac
    system_operation(3, 7, 5, 1),   // ic ivau
};
constexpr std::array kPrivilegedOperations = {
    system_operation(0, 7, 5, 0),  // ic iallu
    system_operation(0, 7, 6, 2),  // dc isw
    system_operation(0, 8, 7, 0),  // tlbi vmalle1
    system_operation(0, 7, 8, 0),  // at s1e1r
};

template <class List>
auto any_of(const List& list, Random& random) {
  return list[random() % list.size()];
}

std::int64_t draw_register(bool write, Random& random, unsigned turn) {
  switch (turn % 4) {
    case 0:
    case 1:
      return any_of(kWritable, random);
    case 2:
      return any_of(kPrivileged, random);
    default:
      if (write) return any_of(kWritable, random);
      return one_in(random, 4) ? any_of(kReadable, random) : any_of(kOwn, random).id;
  }
}

std::int64_t draw_operation(Op op, Random& random, unsigned turn) {
  if (op == Op::kSYSL)
    return system_operation(below(random, 8), below(random, 16), below(random, 16), below(random, 8));
  return turn % 4 == 0 ? any_of(kPrivilegedOperations, random) : any_of(kOperations, random);
}

// Bits that the modelled core does not have stay zero: DN, FZ and so on have their section of the manual,
// trap enables and vector lengths of 32-bit code do not exist here.
std::uint64_t draw_value(std::int64_t id, Random& random) {
  if (id == kFpcr) return random_fpcr(random);
  if (id == kFpsr) return random() & 0x0800009F;
  return random();
}

}  // namespace

bool is_system(Op op) { return op == Op::kMRS || op == Op::kMSR || op == Op::kSYS || op == Op::kSYSL; }

std::optional<Case> draw_system_case(Op op, Random& random, unsigned turn) {
  Case test;
  test.op = op;
  Sample& sample = test.before;
  randomize(random, sample);
  const bool is_register = op == Op::kMRS || op == Op::kMSR;
  const std::int64_t id =
      is_register ? draw_register(op == Op::kMSR, random, turn) : draw_operation(op, random, turn);
  const auto number = static_cast<std::uint32_t>(random() % (op == Op::kSYS ? 31 : 32));
  constexpr std::int64_t kFieldBits = 0x7FFF;
  sample.code[0] = insts::encoding_of(op).match | static_cast<std::uint32_t>(id & kFieldBits) << 5U | number;
  if (number == 31) return test;
  if (op == Op::kSYS) sample.x[number] = kWindowAddress + random() % kWindowBytes;
  if (op == Op::kMSR) sample.x[number] = draw_value(id, random);
  return test;
}

const OwnRegister* own_register(std::int64_t id) {
  for (const OwnRegister& own : kOwn) {
    if (own.id == id) return &own;
  }
  return nullptr;
}

}  // namespace m2sim::rows
