#include "calibration/measured/measurement_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "calibration/measured/json_fields.h"
#include "calibration/measured/measurement_error.h"

namespace m2sim::calibration {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

const std::vector<std::string> kCoreTypes{"P", "E", "unknown", "assumed-P"};
const std::vector<std::string> kClocks{"derived", "assumed", "counted", "unknown"};

Machine machine_of(const json& object, const std::string& where) {
  JsonFields fields(object, where + ", machine");
  Machine machine;
  machine.chip = fields.text("chip");
  machine.model = fields.text_or("model", "");
  machine.system = fields.text_or("system", "");
  machine.compiler = fields.text_or("compiler", "");
  machine.is_virtual = fields.flag_or("virtual", false);
  fields.refuse_others();
  return machine;
}

MeasuredClock clock_of(const json& object, const std::string& where) {
  JsonFields fields(object, where + ", clock");
  MeasuredClock clock;
  clock.how = static_cast<ClockHow>(fields.choice("how", kClocks));
  clock.ghz = fields.optional_number("ghz");
  clock.from = fields.text_or("from", "");
  fields.refuse_others();
  return clock;
}

MeasuredPoint point_of(const json& object, const std::string& where) {
  JsonFields fields(object, where);
  MeasuredPoint point;
  point.iterations = fields.count("iterations");
  if (fields.has("seconds")) point.seconds = fields.numbers("seconds");
  if (fields.has("clock_ghz")) point.clock_ghz = fields.numbers("clock_ghz");
  if (fields.has("counters")) {
    const json& counters = fields.object("counters");
    JsonFields readings(counters, where + ", counters");
    for (const auto& [name, value] : counters.items()) {
      if (!name.starts_with("pmu.")) {
        readings.fail(fmt::format("'{}' is no counter; their names begin with 'pmu.', as in {}", name,
                                  kInstructionCounter));
      }
      point.counters[name] = readings.numbers(name.c_str());
    }
  }
  fields.refuse_others();
  return point;
}

PublishedFigure figure_of(const json& object, const std::string& where) {
  JsonFields fields(object, where + ", figure");
  PublishedFigure figure;
  figure.cycles = fields.number("cycles");
  figure.low = fields.optional_number("low").value_or(figure.cycles);
  figure.high = fields.optional_number("high").value_or(figure.cycles);
  fields.refuse_others();
  return figure;
}

MeasuredProgram program_of(const json& object, const std::string& set, std::size_t index) {
  JsonFields fields(object, fmt::format("{}, measurement {}", set, index + 1));
  MeasuredProgram program;
  program.program = fields.text("program");
  const std::string where = fmt::format("{}, program '{}'", set, program.program);
  fields.speak_of(where);
  program.unit = fields.text("unit");
  if (fields.has("points")) {
    for (const json& point : fields.array("points")) {
      program.points.push_back(
          point_of(point, fmt::format("{}, point {}", where, program.points.size() + 1)));
    }
  }
  if (fields.has("figure")) program.figure = figure_of(fields.object("figure"), where);
  program.certain_cycles = fields.optional_number("certain_cycles");
  program.certain_why = fields.text_or("certain_why", "");
  program.differs = fields.text_or("differs", "");
  program.note = fields.text_or("note", "");
  fields.refuse_others();
  return program;
}

MeasurementSet set_of(const json& object, const std::string& file, std::size_t index) {
  JsonFields fields(object, fmt::format("'{}', set {}", file, index + 1));
  MeasurementSet set;
  set.name = fields.text("name");
  const std::string where = fmt::format("'{}', set '{}'", file, set.name);
  fields.speak_of(where);
  set.source = fields.text("source");
  set.date = fields.text("date");
  set.machine = machine_of(fields.object("machine"), where);
  JsonFields core(fields.object("core"), where + ", core");
  set.core_type = static_cast<CoreType>(core.choice("type", kCoreTypes));
  set.core_how = core.text_or("how", "");
  core.refuse_others();
  set.clock = clock_of(fields.object("clock"), where);
  for (const json& program : fields.array("measurements")) {
    set.measurements.push_back(program_of(program, where, set.measurements.size()));
  }
  fields.refuse_others();
  return set;
}

void put(ordered_json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

ordered_json point_json(const MeasuredPoint& point) {
  ordered_json object{{"iterations", point.iterations}};
  if (!point.seconds.empty()) object["seconds"] = point.seconds;
  if (!point.clock_ghz.empty()) object["clock_ghz"] = point.clock_ghz;
  for (const auto& [name, readings] : point.counters) object["counters"][name] = readings;
  return object;
}

ordered_json program_json(const MeasuredProgram& program) {
  ordered_json object{{"program", program.program}, {"unit", program.unit}};
  for (const MeasuredPoint& point : program.points) object["points"].push_back(point_json(point));
  if (program.figure) {
    object["figure"] = {
        {"cycles", program.figure->cycles}, {"low", program.figure->low}, {"high", program.figure->high}};
  }
  if (program.certain_cycles) object["certain_cycles"] = *program.certain_cycles;
  put(object, "certain_why", program.certain_why);
  put(object, "differs", program.differs);
  put(object, "note", program.note);
  return object;
}

ordered_json set_json(const MeasurementSet& set) {
  ordered_json object{{"name", set.name}, {"source", set.source}, {"date", set.date}};
  ordered_json& machine = object["machine"] = {{"chip", set.machine.chip}};
  put(machine, "model", set.machine.model);
  put(machine, "system", set.machine.system);
  put(machine, "compiler", set.machine.compiler);
  machine["virtual"] = set.machine.is_virtual;
  ordered_json& core = object["core"] = {{"type", name_of(set.core_type)}};
  put(core, "how", set.core_how);
  ordered_json& clock = object["clock"] = {{"how", name_of(set.clock.how)}};
  if (set.clock.ghz) clock["ghz"] = *set.clock.ghz;
  put(clock, "from", set.clock.from);
  for (const MeasuredProgram& program : set.measurements) {
    object["measurements"].push_back(program_json(program));
  }
  return object;
}

}  // namespace

std::string_view name_of(CoreType type) { return kCoreTypes[static_cast<std::size_t>(type)]; }
std::string_view name_of(ClockHow how) { return kClocks[static_cast<std::size_t>(how)]; }

MeasurementFile parse_measurements(std::string_view text, const std::string& file) {
  const std::string where = fmt::format("'{}'", file);
  const json parsed = parse_json(text, where);
  JsonFields fields(parsed, where);
  if (const std::string schema = fields.text("schema"); schema != kMeasurementSchema) {
    fields.fail(fmt::format("'schema' is '{}', and not '{}'", schema, kMeasurementSchema));
  }
  if (const double version = fields.number("schema_version"); version != kMeasurementSchemaVersion) {
    fields.fail(fmt::format("schema_version is {}, this m2sim reads {}", version, kMeasurementSchemaVersion));
  }
  MeasurementFile measurements;
  for (const json& set : fields.array("sets")) {
    measurements.sets.push_back(set_of(set, file, measurements.sets.size()));
  }
  fields.refuse_others();
  check_measurements(measurements, file);
  return measurements;
}

std::string measurements_json(const MeasurementFile& file) {
  ordered_json object{{"schema", kMeasurementSchema}, {"schema_version", kMeasurementSchemaVersion}};
  for (const MeasurementSet& set : file.sets) object["sets"].push_back(set_json(set));
  return object.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace m2sim::calibration
