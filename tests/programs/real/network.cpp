// Eight TCP flows through a bottleneck and a cell of wireless stations with UDP traffic, simulated by ns-3.
#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/mobility-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>
#include <ns3/wifi-module.h>

#include <iostream>
#include <string>

using namespace ns3;

namespace {

// Sinks at the right, senders at the left, two routers between them.
void tcp_flows(ApplicationContainer& sinks, int flows) {
  NodeContainer routers, left, right;
  routers.Create(2);
  left.Create(flows);
  right.Create(flows);
  InternetStackHelper internet;
  internet.Install(routers);
  internet.Install(left);
  internet.Install(right);
  PointToPointHelper link;
  link.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
  link.SetChannelAttribute("Delay", StringValue("2ms"));
  Ipv4AddressHelper address("10.0.0.0", "255.255.255.0");
  const auto connect = [&](Ptr<Node> a, Ptr<Node> b) {
    const Ipv4InterfaceContainer ends = address.Assign(link.Install(a, b));
    address.NewNetwork();
    return ends;
  };
  connect(routers.Get(0), routers.Get(1));
  for (int i = 0; i < flows; ++i) {
    connect(left.Get(i), routers.Get(0));
    const Ipv4InterfaceContainer ends = connect(right.Get(i), routers.Get(1));
    const auto port = static_cast<uint16_t>(9000 + i);
    BulkSendHelper sender("ns3::TcpSocketFactory", InetSocketAddress(ends.GetAddress(0), port));
    sender.Install(left.Get(i)).Start(Seconds(0.01 * i));
    PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), port));
    sinks.Add(sink.Install(right.Get(i)));
  }
}

void wireless_cell(ApplicationContainer& sinks, int stations) {
  NodeContainer nodes;
  nodes.Create(stations);
  YansWifiPhyHelper phy;
  phy.SetChannel(YansWifiChannelHelper::Default().Create());
  WifiHelper wifi;
  wifi.SetStandard(WIFI_STANDARD_80211n);
  wifi.SetRemoteStationManager("ns3::ConstantRateWifiManager", "DataMode", StringValue("HtMcs7"));
  WifiMacHelper mac;
  mac.SetType("ns3::AdhocWifiMac");
  const NetDeviceContainer devices = wifi.Install(phy, mac, nodes);
  MobilityHelper mobility;
  mobility.SetPositionAllocator("ns3::GridPositionAllocator", "GridWidth", UintegerValue(4), "DeltaX",
                                DoubleValue(5));
  mobility.Install(nodes);
  InternetStackHelper internet;
  internet.Install(nodes);
  Ipv4AddressHelper address("192.168.0.0", "255.255.255.0");
  const Ipv4InterfaceContainer interfaces = address.Assign(devices);
  for (int i = 0; i < stations; ++i) {
    const InetSocketAddress peer(interfaces.GetAddress((i + 1) % stations), 8000);
    OnOffHelper source("ns3::UdpSocketFactory", peer);
    source.SetConstantRate(DataRate("3Mbps"), 700);
    source.Install(nodes.Get(i)).Start(Seconds(0.05));
    PacketSinkHelper sink("ns3::UdpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 8000));
    sinks.Add(sink.Install(nodes.Get(i)));
  }
}

}  // namespace

int main() {
  Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1448));
  ApplicationContainer sinks;
  tcp_flows(sinks, 8);
  wireless_cell(sinks, 12);
  Ipv4GlobalRoutingHelper::PopulateRoutingTables();
  Simulator::Stop(Seconds(20));
  Simulator::Run();
  uint64_t received = 0;
  for (uint32_t i = 0; i < sinks.GetN(); ++i) received += DynamicCast<PacketSink>(sinks.Get(i))->GetTotalRx();
  std::cout << received << '\n';
  Simulator::Destroy();
}
