// Graded measurements for eyes and for files.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "calibration/measured/grade.h"

namespace m2sim::cmd {

std::string ingest_table(const std::vector<calibration::Graded>& graded, bool color);
std::string ingest_json(const std::vector<calibration::Graded>& graded);
std::string ingest_csv(const std::vector<calibration::Graded>& graded);

// One of them, as it stands in the files of several actions.
nlohmann::ordered_json graded_json(const calibration::Graded& graded);

}  // namespace m2sim::cmd
