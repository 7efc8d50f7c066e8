#include "cmd/calibrate/check_page.h"

#include <nlohmann/json.hpp>

#include "cmd/check_page_html.h"
#include "cmd/page/page.h"

namespace m2sim::cmd {

using nlohmann::ordered_json;

std::string check_page(ordered_json results) {
  if (results.contains("instructions")) {
    ordered_json& instructions = results["instructions"];
    // Thousands of them, megabytes that no plot shows: classes and forms say where the models are wrong.
    instructions.erase("experiments");
    ordered_json wrong = ordered_json::array();
    for (ordered_json& form : instructions["forms"]) {
      if (form["agree"] != form["experiments"]) wrong.push_back(std::move(form));
    }
    instructions["forms"] = std::move(wrong);
  }
  return filled_page(kCheckPage, results.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

}  // namespace m2sim::cmd
