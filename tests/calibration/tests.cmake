# Which experiments disagree is recorded: floor.py has the usage. What structures show is not: all of it agrees.
if(TARGET m2sim)
  add_test(NAME calibration.structures
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/structures_floor.py)
  set_tests_properties(calibration.structures PROPERTIES LABELS programs TIMEOUT 900 PROCESSORS 2
                                                         ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
  add_test(NAME calibration.accuracy COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/accuracy.py)
  set_tests_properties(calibration.accuracy PROPERTIES LABELS programs TIMEOUT 600 PROCESSORS 2
                                                       ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
  add_test(NAME calibration.floor COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/floor.py)
  set_tests_properties(calibration.floor PROPERTIES LABELS programs TIMEOUT 600 PROCESSORS 2
                                                    ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
endif()
# The harness that measures on real cores, built as its owner builds it and run under qemu-aarch64.
if(M2SIM_BENCHMARKS AND TARGET m2sim)
  foreach(part measure machine_code structures macos)
    add_test(NAME calibration.native.${part}
             COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/native/${part}.py --build ${PROJECT_BINARY_DIR}/native
                     --programs ${M2SIM_GUEST_PROGRAMS} --tables $<TARGET_FILE:m2sim_native_structures>)
    # They build in the same folder.
    set_tests_properties(calibration.native.${part} PROPERTIES LABELS programs TIMEOUT 900 RESOURCE_LOCK native_harness
                                                               ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
  endforeach()
endif()
