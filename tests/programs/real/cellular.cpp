// Stations that move through the cells of a mobile network, simulated by ns-3: as people do among several
// masts (walk), or to and fro between two that are far apart, so that links fail and are set up again (fail).
#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/lte-module.h>
#include <ns3/mobility-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>

#include <iostream>
#include <string>

using namespace ns3;

namespace {

struct Scenario {
  int masts;
  double apart;  // metres
  int stations;
  double speed;  // metres a second
  double seconds;
};

void place_masts(const NodeContainer& masts, const Scenario& scenario) {
  MobilityHelper mobility;
  auto places = CreateObject<ListPositionAllocator>();
  for (int i = 0; i < scenario.masts; ++i) places->Add(Vector(scenario.apart * i, 0, 30));
  mobility.SetPositionAllocator(places);
  mobility.SetMobilityModel("ns3::ConstantPositionMobilityModel");
  mobility.Install(masts);
}

void place_stations(const NodeContainer& stations, const Scenario& scenario) {
  MobilityHelper mobility;
  const double reach = scenario.apart * scenario.masts;
  auto places = CreateObject<RandomRectanglePositionAllocator>();
  auto x = CreateObject<UniformRandomVariable>(), y = CreateObject<UniformRandomVariable>();
  x->SetAttribute("Max", DoubleValue(reach));
  y->SetAttribute("Max", DoubleValue(scenario.apart / 2));
  places->SetX(x);
  places->SetY(y);
  mobility.SetPositionAllocator(places);
  mobility.SetMobilityModel(
      "ns3::RandomWalk2dMobilityModel", "Bounds", RectangleValue(Rectangle(0, reach, 0, scenario.apart / 2)),
      "Speed", StringValue("ns3::ConstantRandomVariable[Constant=" + std::to_string(scenario.speed) + "]"),
      "Distance", DoubleValue(scenario.apart / 4));
  mobility.Install(stations);
}

// From a host behind the network to each station, and back.
void start_traffic(const NodeContainer& stations, const Ipv4InterfaceContainer& addresses,
                   const Ptr<Node>& host, Ipv4Address host_address, ApplicationContainer& sinks) {
  for (uint32_t i = 0; i < stations.GetN(); ++i) {
    const auto port = static_cast<uint16_t>(2000 + i);
    const auto flow = [&](const Ptr<Node>& from, const Ptr<Node>& to, Ipv4Address address) {
      PacketSinkHelper sink("ns3::UdpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), port));
      sinks.Add(sink.Install(to));
      UdpClientHelper client(address, port);
      client.SetAttribute("Interval", TimeValue(MilliSeconds(10)));
      client.SetAttribute("MaxPackets", UintegerValue(1000000));
      client.SetAttribute("PacketSize", UintegerValue(1024));
      client.Install(from).Start(MilliSeconds(100 + i));
    };
    flow(host, stations.Get(i), addresses.GetAddress(i));
    flow(stations.Get(i), host, host_address);
  }
}

void run(const Scenario& scenario) {
  auto lte = CreateObject<LteHelper>();
  auto core_network = CreateObject<PointToPointEpcHelper>();
  lte->SetEpcHelper(core_network);
  lte->SetHandoverAlgorithmType("ns3::A3RsrpHandoverAlgorithm");
  NodeContainer masts, stations, host;
  masts.Create(scenario.masts);
  stations.Create(scenario.stations);
  host.Create(1);
  place_masts(masts, scenario);
  place_stations(stations, scenario);
  InternetStackHelper internet;
  internet.Install(host);
  internet.Install(stations);
  PointToPointHelper link;
  link.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
  Ipv4AddressHelper address("1.0.0.0", "255.0.0.0");
  const Ipv4InterfaceContainer ends = address.Assign(link.Install(core_network->GetPgwNode(), host.Get(0)));
  Ipv4StaticRoutingHelper routing;
  routing.GetStaticRouting(host.Get(0)->GetObject<Ipv4>())->AddNetworkRouteTo("7.0.0.0", "255.0.0.0", 1);
  const NetDeviceContainer cells = lte->InstallEnbDevice(masts), devices = lte->InstallUeDevice(stations);
  const Ipv4InterfaceContainer addresses = core_network->AssignUeIpv4Address(devices);
  for (uint32_t i = 0; i < stations.GetN(); ++i)
    routing.GetStaticRouting(stations.Get(i)->GetObject<Ipv4>())
        ->SetDefaultRoute(core_network->GetUeDefaultGatewayAddress(), 1);
  lte->AddX2Interface(masts);
  lte->Attach(devices);
  ApplicationContainer sinks;
  start_traffic(stations, addresses, host.Get(0), ends.GetAddress(1), sinks);
  Simulator::Stop(Seconds(scenario.seconds));
  Simulator::Run();
  uint64_t received = 0;
  for (uint32_t i = 0; i < sinks.GetN(); ++i) received += DynamicCast<PacketSink>(sinks.Get(i))->GetTotalRx();
  std::cout << received << '\n';
  Simulator::Destroy();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string kind = argc > 1 ? argv[1] : "";
  if (kind == "walk") {
    run({4, 400, 20, 3, 180});
  } else if (kind == "fail") {
    run({2, 800, 2, 20, 200});
  } else {
    std::cerr << "usage: cellular walk|fail\n";
    return 2;
  }
}
