# Which experiments disagree is recorded: floor.py has the usage. What structures show is not: all of it agrees.
if(TARGET m2sim)
  add_test(NAME calibration.structures
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/structures_floor.py)
  set_tests_properties(calibration.structures PROPERTIES LABELS programs TIMEOUT 900 PROCESSORS 2
                                                         ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
  add_test(NAME calibration.floor COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/floor.py)
  set_tests_properties(calibration.floor PROPERTIES LABELS programs TIMEOUT 600 PROCESSORS 2
                                                    ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
endif()
