//! A Galera cluster: MariaDB servers that all take writes.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::daemon::{Home, free_port, program};
use super::mariadb::Programs;
use super::optional::Optional;
use super::{Mariadb, REQUIRE_SERVERS};

/// The library that makes MariaDB a node of a cluster.
const PROVIDER: &str = "/usr/lib/galera/libgalera_smm.so";

/// A cluster for one test, which may kill its nodes.
pub(crate) struct Galera {
    pub(crate) nodes: Vec<Mariadb>,
}

impl Galera {
    /// `None` where there is no Galera on the machine.
    pub(crate) fn start(count: usize) -> Option<Self> {
        static PROGRAMS: Optional<Programs> = Optional::new();
        let programs = PROGRAMS.get("Galera", REQUIRE_SERVERS, || {
            program("rsync", &[])?;
            if !Path::new(PROVIDER).is_file() {
                return Err(format!("there is no `{PROVIDER}`"));
            }
            Programs::find()
        })?;

        let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
        let members: Vec<_> = ports
            .iter()
            .map(|port| format!("127.0.0.1:{port}"))
            .collect();
        let members = members.join(",");
        let mut nodes = Vec::new();
        for port in ports {
            let is_first = nodes.is_empty();
            let mut options = vec![
                "--wsrep-on=ON".to_owned(),
                format!("--wsrep-provider={PROVIDER}"),
                "--wsrep-cluster-name=tests".to_owned(),
                format!("--wsrep-cluster-address=gcomm://{members}"),
                format!("--wsrep-node-name=node{}", nodes.len() + 1),
                "--wsrep-node-address=127.0.0.1".to_owned(),
                format!(
                    "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{port};\
                     ist.recv_addr=127.0.0.1:{};gcache.size=16M",
                    free_port()
                ),
                "--wsrep-sst-method=rsync".to_owned(),
                format!("--wsrep-sst-receive-address=127.0.0.1:{}", free_port()),
                "--binlog-format=ROW".to_owned(),
                "--innodb-autoinc-lock-mode=2".to_owned(),
            ];
            if is_first {
                options.push("--wsrep-new-cluster".to_owned());
            }
            let node = Mariadb::run(programs.clone(), Home::new(), &options);
            if is_first {
                node.create_account();
            }
            nodes.push(node);
        }
        let cluster = Self { nodes };
        cluster.wait_for(count);
        Some(cluster)
    }

    /// Waits until every living node counts so many.
    #[track_caller]
    pub(crate) fn wait_for(&self, count: usize) {
        let status = "SELECT variable_value FROM information_schema.global_status WHERE \
                      variable_name IN ('wsrep_cluster_size', 'wsrep_ready') ORDER BY \
                      variable_name";
        let wanted = format!("{count}\nON\n");
        let start = Instant::now();
        let living = || self.nodes.iter().filter(|node| node.is_running());
        while !living().all(|node| node.administer(status) == wanted) {
            assert!(start.elapsed() < Duration::from_secs(60), "no cluster");
            thread::sleep(Duration::from_millis(50));
        }
    }
}
