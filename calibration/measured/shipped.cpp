#include "calibration/embedded.h"
#include "calibration/measured/measurement_json.h"

namespace m2sim::calibration {

const MeasurementFile& shipped_measurements() {
  static const MeasurementFile file = parse_measurements(embedded_measurements(), "measurements.json");
  return file;
}

}  // namespace m2sim::calibration
