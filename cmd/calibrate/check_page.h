// The page of m2sim calibrate check.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace m2sim::cmd {

// One HTML file with plots of what calibrate check writes as JSON; it opens without a network.
std::string check_page(nlohmann::ordered_json results);

}  // namespace m2sim::cmd
