// The figures of a run as a file: JSON or CSV.
//
// JSON: one object {schema_version, manifest, stats}; stats is a flat map from dotted name to number.
// With regions there is a list {name, times, instructions, open, stats} of them, too.
// CSV: a line name,value,unit a figure, those of the manifest first, under the name manifest.<key>;
// those of a region under region.<name>.<name of the figure>.
// Two runs of one program give the same bytes but for the lines of host.*.
#pragma once

#include <span>
#include <string>

#include "cmd/results/manifest.h"
#include "cmd/results/stat.h"

namespace m2sim::cmd {

// Grows when a reader of an older file would misread a newer one; new names alone do not count.
inline constexpr int kSchemaVersion = 1;

enum class FileFormat { kJson, kCsv };

FileFormat format_of(
    const std::string& path);  // by its ending, JSON for "-"; throws UserError for another one

std::string stats_text(FileFormat format, const Manifest& manifest, const Stats& stats,
                       std::span<const RegionResult> regions = {});

// A CSV field, quoted where it must be.
std::string csv_field(std::string_view text);

}  // namespace m2sim::cmd
