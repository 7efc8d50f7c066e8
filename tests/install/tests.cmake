# An installed copy, used from outside. Once is enough: where the guest programs and other scripts run.
if(TARGET m2sim_library AND CMAKE_BUILD_TYPE STREQUAL "Release")
  add_test(NAME install.library
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/install_check.py --cmake ${CMAKE_COMMAND}
                   --cxx ${CMAKE_CXX_COMPILER} --guest ${CMAKE_CURRENT_BINARY_DIR}/guests/counted_loop)
  set_tests_properties(install.library PROPERTIES LABELS programs TIMEOUT 600 ENVIRONMENT "${M2SIM_TEST_ENVIRONMENT}")
endif()
