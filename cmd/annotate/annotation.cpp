#include "cmd/annotate/annotation.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "cmd/annotate/frames.h"
#include "cmd/annotate/loops.h"
#include "emu/linux/kernel.h"
#include "emu/linux/process.h"
#include "insts/decode.h"
#include "insts/disasm.h"
#include "insts/op.h"

namespace m2sim::cmd {

std::uint64_t Cost::slots() const { return std::accumulate(stack.begin(), stack.end(), std::uint64_t{0}); }

void Cost::add(const Cost& other) {
  insts += other.insts;
  for (std::size_t r = 0; r < stack.size(); ++r) stack[r] += other.stack[r];
}

namespace {

struct Row {
  CodePlace place;
  std::uint64_t space = 0;
  std::uint64_t pc = 0;
  Cost cost;
};

// Processes that run the same file are one.
std::vector<Row> rows_of(const std::vector<timing::InstBooks>& books, Symboliser& symboliser, Cost& nobody) {
  std::map<std::tuple<const CodeObject*, std::string, std::uint64_t>, Row> rows;
  for (const timing::InstBooks& book : books) {
    const Cost cost{book.insts, book.slots};
    if (book.pc == 0) {
      nobody.add(cost);
      continue;
    }
    CodePlace place = symboliser.place(book.space, book.pc);
    Row& row = rows[{place.object, place.name, place.address}];
    if (row.pc == 0) row = {std::move(place), book.space, book.pc, {}};
    row.cost.add(cost);
  }
  std::vector<Row> list;
  list.reserve(rows.size());
  for (auto& [key, row] : rows) list.push_back(std::move(row));
  return list;
}

std::optional<std::uint32_t> word_of(const Row& row, emu::Machine& machine) {
  if (row.place.object != nullptr) return row.place.object->word(row.place.address);
  const auto& space = machine.kernel().first().space;
  std::uint32_t word = 0;
  if (space == nullptr || space->number != row.space) return std::nullopt;
  return space->memory.read_value(row.pc, word) ? std::optional(word) : std::nullopt;
}

InstCost inst_of(const Row& row, emu::Machine& machine) {
  InstCost inst;
  inst.address = row.place.address;
  inst.cost = row.cost;
  const auto word = word_of(row, machine);
  if (!word) return inst;
  inst.inst = insts::decode(*word);
  inst.text = insts::disassemble(*word, inst.address);
  inst.target = insts::direct_target(*inst.inst, inst.address);
  return inst;
}

void note_calls(const std::vector<Row>& rows, const std::vector<InstCost>& insts) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const InstCost& inst = insts[i];
    if (!inst.target || insts::flow_of(inst.inst->op) != insts::Flow::kCall) continue;
    if (rows[i].place.object != nullptr) rows[i].place.object->called(*inst.target);
  }
}

}  // namespace

Annotation annotate(const timing::Attribution& books, std::uint64_t slots_per_cycle, Symboliser& symboliser,
                    emu::Machine& machine) {
  Annotation annotation;
  annotation.slots_per_cycle = slots_per_cycle;
  Cost nobody;
  const std::vector<Row> rows = rows_of(books.insts(), symboliser, nobody);
  std::vector<InstCost> insts;
  insts.reserve(rows.size());
  for (const Row& row : rows) insts.push_back(inst_of(row, machine));
  note_calls(rows, insts);
  FunctionTable functions;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const CodePlace& place = rows[i].place;
    FunctionCost& function = functions.at(place);
    if (place.object != nullptr) {
      insts[i].line = place.object->line(place.address);
      insts[i].inlined = place.object->inlined(place.address);
    }
    function.cost.add(insts[i].cost);
    function.instructions.push_back(std::move(insts[i]));
  }
  annotation.total = nobody;
  for (FunctionCost& function : functions.all()) {
    find_loops(function);
    annotation.total.add(function.cost);
  }
  if (nobody.slots() != 0 || nobody.insts != 0) functions.at({nullptr, kUnattributed, 0}).cost = nobody;
  FrameFinder finder(symboliser, functions);
  finder.find_sites(books.paths());
  annotation.functions = functions.take_sorted();
  finder.fill(books, annotation);
  return annotation;
}

}  // namespace m2sim::cmd
