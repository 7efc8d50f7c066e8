# Which experiments disagree is recorded: floor.py has the usage.
if(TARGET m2sim)
  add_test(NAME calibration.floor COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/floor.py)
  set_tests_properties(calibration.floor PROPERTIES LABELS programs TIMEOUT 600 PROCESSORS 2
                                                    ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
endif()
